#include "actors/actor_counter.hpp"

#include <utility>

#include <caf/actor_cast.hpp>
#include <caf/actor_config.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/execution_unit.hpp>

#include "actors/module.hpp"

namespace caf_gossip {

void actor_counter::count(const std::string& kind, const caf::strong_actor_ptr& who) {
  if (!who || !add(kind))
    return;
  caf::actor_cast<caf::abstract_actor*>(who)->attach_functor(
      [weak = weak_from_this(), kind](const caf::error&) {
        if (const auto self = weak.lock())
          self->remove(kind);
      });
}

bool actor_counter::add(const std::string& kind) {
  const std::lock_guard guard{mutex_};
  auto& counts = counts_.actor_counts;
  const bool fits = !kind.empty() && kind.size() <= actor_kind_bytes_max
                    && (counts.size() < actor_kinds_max || counts.contains(kind));
  if (fits)
    ++counts[kind];
  else
    ++uncounted_;
  return fits;
}

void actor_counter::remove(const std::string& kind) {
  const std::lock_guard guard{mutex_};
  --counts_.actor_counts[kind];
}

void actor_counter::replace(source from) {
  const std::lock_guard guard{mutex_};
  source_ = std::move(from);
}

member_heartbeat actor_counter::read() const {
  source from;
  {
    const std::lock_guard guard{mutex_};
    if (!source_)
      return counts_;
    from = source_;
  }
  return from();
}

std::uint64_t actor_counter::uncounted() const {
  const std::lock_guard guard{mutex_};
  return uncounted_;
}

namespace {

/// A factory that tells the counter of the system it spawns in.
struct counting_factory {
  std::string kind;
  caf::actor_factory make;

  caf::actor_factory_result operator()(caf::actor_config& cfg, caf::message& args) const {
    auto& sys = cfg.host->system();
    auto result = make(cfg, args);
    // Not a member: a configuration may serve one system after the other.
    if (const auto* owner = module::of(sys))
      owner->counter()->count(kind, result.first);
    return result;
  }
};

} // namespace

void count_spawns_by_name(caf::actor_system_config& cfg, const std::string& except) {
  for (auto& [name, make] : cfg.actor_factories)
    if (name != except && make.target<counting_factory>() == nullptr)
      make = counting_factory{name, make};
}

} // namespace caf_gossip
