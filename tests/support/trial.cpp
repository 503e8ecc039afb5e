#include "tests/support/trial.hpp"

#include <cstdlib>
#include <stdexcept>

#include <boost/test/unit_test.hpp>

namespace caf_gossip::test {

namespace {

network_conditions conditions_of(bool lossy) {
  network_conditions result;
  if (lossy) {
    result.loss = 0.3;
    result.duplication = 0.1;
    result.reordering = 0.1;
  }
  return result;
}

std::optional<std::uint64_t> number_from(const char* variable) {
  const auto* text = std::getenv(variable);
  if (text == nullptr)
    return std::nullopt;
  return std::strtoull(text, nullptr, 10);
}

} // namespace

trial::trial(std::string name, std::uint64_t seed, bool lossy)
    : cluster(seed, conditions_of(lossy)), name_(std::move(name)), seed_(seed), lossy_(lossy) {}

std::string trial::replay() const {
  const std::string test = boost::unit_test::framework::current_test_case().full_name();
  return name_ + (lossy_ ? " (lossy)" : " (calm)") + "; replay with CAF_GOSSIP_SEED="
         + std::to_string(seed_) + " test_simulation --run_test=" + test;
}

void trial::require(bool holds, const std::string& claim) {
  if (!holds)
    throw std::runtime_error(claim + ": does not hold");
}

void trial::leave(int number) {
  (void)cluster.call(number, [](auto& core, time_point now) { return core.leave_cluster(now); });
}

void trial::conclude() {
  if (!cluster.violations().empty())
    throw std::runtime_error(cluster.violations().front() + " (one of "
                             + std::to_string(cluster.violations().size()) + ")");
}

void for_seeds(const std::string& name, std::uint64_t count,
               const std::function<void(trial&)>& scenario) {
  const auto only = number_from("CAF_GOSSIP_SEED");
  const auto first = only.value_or(1);
  const auto last = only ? *only : number_from("CAF_GOSSIP_SEEDS").value_or(count);
  for (auto seed = first; seed <= last; ++seed)
    for (const bool lossy : {false, true}) {
      trial run{name, seed, lossy};
      std::string failure;
      try {
        scenario(run);
        run.conclude();
      } catch (const std::exception& problem) {
        failure = problem.what();
        for (const auto& what : run.cluster.violations())
          failure += "\n  " + what;
      }
      BOOST_CHECK_MESSAGE(failure.empty(), run.replay() << ": " << failure);
    }
}

} // namespace caf_gossip::test
