#include "caf_gossip/membership/membership_coordinator.hpp"

#include <algorithm>
#include <utility>

#include "caf_gossip/detector/detectors.hpp"
#include "caf_gossip/membership/effects.hpp"

namespace caf_gossip {

namespace {

engine_options options_from(const config& cfg) {
  engine_options options;
  options.fan_out = cfg.gossip_fan_out;
  options.retransmit = cfg.dissemination_retransmit;
  options.batch = cfg.dissemination_batch;
  options.bursts = cfg.dissemination_bursts;
  options.reconciliation_delay = cfg.reconciliation_delay;
  options.reconciliation_timeout = cfg.gossip_request_timeout;
  return options;
}

flap_damping::options damping_from(const config& cfg) {
  return {cfg.flap_cut_off, cfg.flap_half_life, cfg.quarantine_ttl, cfg.quarantine_ttl_max};
}

} // namespace

membership_coordinator::membership_coordinator(config cfg, std::uint64_t seed, unix_clock clock)
    : cfg_(std::move(cfg)),
      random_(seed),
      clock_(clock),
      downing_(std::make_unique<suspicion_timeout>(suspicion_timeout::options{
          cfg_.suspicion_timeout, cfg_.suspicion_timeout_min, cfg_.suspicion_confirmations})),
      table_(cfg_.members_max, cfg_.tombstones_max),
      quarantine_(cfg_.quarantine_max),
      engine_(table_, options_from(cfg_)),
      observation_(make_detector_factory(cfg_).value(), cfg_.heartbeat_interval / 2),
      damping_(damping_from(cfg_)),
      window_(cfg_.topology_emit_interval),
      joiner_(cfg_.join_retry_min, cfg_.join_retry_max) {}

// -- lifecycle ----------------------------------------------------------------------------------

expected<void> membership_coordinator::start_member(const member_ref& self,
                                                    std::vector<authority> seeds, time_point now) {
  const bool may_form = seeds.empty() || seeds.front() == self.address;
  std::erase(seeds, self.address);
  if (auto begun = begin(node_mode::member, self, now); !begun)
    return begun;
  seeds_ = std::move(seeds);
  merge(record{self.id, self.address, self.incarnation, 1, member_status::joining, {}},
        cause{cause_kind::self, {}, 0, {}}, {});
  if (may_form)
    form_cluster();
  joiner_.start(seeds_, now_);
  return {};
}

expected<void> membership_coordinator::start_client(const member_ref& self,
                                                    std::vector<authority> seeds, time_point now) {
  if (seeds.empty())
    return fail(errc::invalid_config, "seeds = []; a client needs at least one seed");
  if (auto begun = begin(node_mode::client, self, now); !begun)
    return begun;
  seeds_ = std::move(seeds);
  return {};
}

expected<void> membership_coordinator::begin(node_mode mode, const member_ref& self,
                                             time_point now) {
  if (mode_ != node_mode::stopped)
    return fail(errc::already_started,
                "membership already runs as " + std::string{to_string(mode_)});
  if (!is_valid_node_id(self.id) || !is_reachable(self.address) || self.incarnation == 0)
    return fail(errc::invalid_config,
                to_string(self)
                    + " cannot be a node; needed are an id of 1 to 128 bytes, a host, "
                      "a port and an incarnation that are not 0");
  advance(now);
  mode_ = mode;
  self_ = self;
  engine_.start(self_.id);
  next_heartbeat_ = now_ + cfg_.heartbeat_interval;
  next_poll_ = now_ + cfg_.detector_poll_interval;
  next_probe_ = now_ + cfg_.probe_interval;
  next_reunion_ = now_ + cfg_.reunion_interval;
  next_forget_ = now_ + forget_interval;
  next_check_ = now_ + hearing_interval;
  last_poll_ = last_heard_ = now_;
  emit(startup{{}, self.address, mode});
  return {};
}

void membership_coordinator::form_cluster() {
  roster_complete_ = true;
  assert_self(member_status::up);
}

expected<void> membership_coordinator::shut_down(time_point now) {
  if (auto running = require_running(); !running)
    return running;
  advance(now);
  mode_ = node_mode::stopped;
  table_.clear();
  quarantine_.clear();
  engine_.clear();
  observation_.clear();
  prober_.clear();
  relays_.clear();
  testimonies_.clear();
  schedule_.clear();
  health_ = {};
  damping_.clear();
  hearing_.clear();
  window_.clear();
  joiner_.stop();
  suspects_.clear();
  leaving_.clear();
  corrected_.clear();
  farewell_.reset();
  next_heartbeat_ = next_poll_ = next_forget_ = returns_at_ = never;
  next_probe_ = next_reunion_ = isolated_since_ = unsound_since_ = next_check_ = never;
  sync_scope_.clear();
  page_request_ = sync_request_ = exceed_incarnation_ = 0;
  outcast_ = deaf_ = round_checks_ = ring_changed_ = roster_complete_ = was_confirmed_ =
      only_self_is_news_ = false;
  emit(shutdown{});
  return {};
}

// -- local inputs -------------------------------------------------------------------------------

expected<void> membership_coordinator::down(const authority& who, time_point now) {
  if (auto member = require_member(); !member)
    return member;
  if (who == self_.address)
    return fail(errc::invalid_state, "this node cannot declare itself dead; use leave");
  advance(now);
  return require_entry(who).and_then([&](const member_entry* entry) {
    return transition(*entry, member_status::dead, cause{cause_kind::downed, {}, 0, {}});
  });
}

expected<void> membership_coordinator::heard(const authority& who, time_point now) {
  if (auto running = require_running(); !running)
    return running;
  advance(now);
  auto entry = require_entry(who);
  if (!entry)
    return fail(entry.error().code, entry.error().text);
  const auto& rec = *(*entry)->rec;
  if (!is_active(rec.status)) {
    refuse_transition(ref_of(rec), rec.status, member_status::up, {});
    return fail(errc::invalid_transition, transition_text(who, rec.status, member_status::up));
  }
  hear(**entry);
  return {};
}

expected<void> membership_coordinator::quarantine_authority(const authority& who,
                                                            std::string reason, time_point now) {
  if (auto running = require_running(); !running)
    return running;
  if (cfg_.quarantine_ttl.count() == 0)
    return fail(errc::disabled, "quarantine-ttl = 0 switches the quarantine off");
  if (who == self_.address)
    return fail(errc::invalid_state, "this node cannot quarantine itself");
  advance(now);
  const auto* entry = table_.find(who);
  const auto id = entry == nullptr ? node_id{} : entry->rec->id;
  quarantine_member({id, 0, who}, std::move(reason), cfg_.quarantine_ttl);
  if (entry != nullptr)
    return transition(*entry, member_status::dead, cause{cause_kind::downed, {}, 0, {}});
  return {};
}

expected<void> membership_coordinator::clear_quarantine(const authority& who, time_point now) {
  if (auto running = require_running(); !running)
    return running;
  advance(now);
  if (!release(who))
    return fail(errc::unknown_authority, to_string(who) + " is not quarantined");
  return {};
}

bool membership_coordinator::release(const authority& who) {
  const auto cleared = quarantine_.clear(who, now_);
  if (cleared)
    emit(quarantine_cleared{{}, cleared->id, cleared->address});
  return cleared.has_value();
}

// -- preconditions ------------------------------------------------------------------------------

expected<void> membership_coordinator::require_running() const {
  if (mode_ == node_mode::stopped)
    return fail(errc::not_started, "membership is not started");
  return {};
}

expected<void> membership_coordinator::require_member() const {
  if (auto running = require_running(); !running)
    return running;
  if (mode_ == node_mode::client)
    return fail(errc::invalid_state, "this node is a client, not a member");
  return {};
}

expected<const member_entry*> membership_coordinator::require_entry(const authority& who) const {
  if (const auto* newest = table_.find_newest(who))
    return newest;
  return fail(errc::unknown_authority, "no member is known at " + to_string(who));
}

void membership_coordinator::advance(time_point now) {
  now_ = std::max(now_, now);
  for (const auto& entry : quarantine_.take_expired(now_))
    emit(quarantine_cleared{{}, entry.id, entry.address});
}

} // namespace caf_gossip
