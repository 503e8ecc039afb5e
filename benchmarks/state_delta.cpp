/// What it costs to find what a target lacks: it must follow the changes, not the store.
#include <benchmark/benchmark.h>

#include "benchmarks/comparison.hpp"
#include "benchmarks/state_samples.hpp"

namespace caf_gossip::benchmarks {

namespace {

/// Arguments: members besides this one, with 10 keys each, and how many entries have changed.
void delta(benchmark::State& state) {
  const auto members = static_cast<std::size_t>(state.range(0));
  const auto changed = static_cast<std::size_t>(state.range(1));
  sample_store samples{members, 1};
  const auto acknowledged = changed < members * sample_keys ? samples.store().revision() : 0;
  if (acknowledged > 0)
    for (std::size_t i = 0; i < changed; ++i) { // one entry of each of the members, in turns
      const auto key = i / members;
      samples.merge(samples.ids()[i % members],
                    {{numbered("key-", key), {byte_buffer(sample_value_bytes, 2), 100, 0, false}}});
    }
  const delta_target target{"target", 2, acknowledged};
  const delta_limits limits{members + 1, std::size_t{1} << 30U, 0};
  node_id cursor;
  std::size_t found = 0;
  for (auto _ : state)
    found += samples.store().delta_for(target, limits, cursor).entries;
  if (found != changed * static_cast<std::size_t>(state.iterations()))
    state.SkipWithError("the delta has not what was changed");
  state.SetItemsProcessed(static_cast<std::int64_t>(found));
}

BENCHMARK(delta)
    ->ArgNames({"members", "changed"})
    ->Args({1'000, 10})
    ->Args({1'000, 100})
    ->Args({1'000, 10'000})
    ->Args({10'000, 10})
    ->Args({10'000, 100})
    ->Unit(benchmark::kMicrosecond);

} // namespace

} // namespace caf_gossip::benchmarks

int main(int argc, char** argv) {
  return caf_gossip::benchmarks::run_and_compare(argc, argv, {});
}
