/// How fast a node takes in the key/value state that others tell it: 100 000 entries of 10 000
/// members with values of 32 bytes.
#include <benchmark/benchmark.h>

#include "benchmarks/comparison.hpp"
#include "benchmarks/counted_new.hpp"
#include "benchmarks/state_samples.hpp"

namespace caf_gossip::benchmarks {

namespace {

constexpr std::size_t members = 10'000;
constexpr std::size_t entries = members * sample_keys;

/// Counts entries instead of rounds.
void finish(benchmark::State& state, bool as_expected, std::size_t bytes) {
  if (!as_expected)
    state.SkipWithError("an entry was not merged as expected");
  const auto merged = static_cast<double>(state.iterations()) * static_cast<double>(entries);
  state.SetItemsProcessed(static_cast<std::int64_t>(merged));
  state.counters["bytes_allocated_per_entry"] = static_cast<double>(bytes) / merged;
}

void merge_new(benchmark::State& state) {
  const auto received = sample_state(1);
  bool all = true;
  std::size_t bytes = 0;
  for (auto _ : state) {
    state.PauseTiming();
    {
      sample_store fresh{members};
      const auto before = allocated.bytes_total;
      state.ResumeTiming();
      all = fresh.merge_all(received) == entries && all;
      state.PauseTiming();
      bytes += allocated.bytes_total - before;
    }
    state.ResumeTiming();
  }
  finish(state, all, bytes);
}

/// Merges what every member wrote from number `first` on into a store that has 1'000.
void merge_known(benchmark::State& state, std::uint64_t first, std::uint64_t step,
                 std::size_t accepted) {
  sample_store known{members, 1'000};
  auto received = sample_state(first);
  bool all = true;
  const auto before = allocated.bytes_total;
  for (auto _ : state) {
    all = known.merge_all(received) == accepted && all;
    for (auto& [key, entry] : received)
      entry.sequence_number += step;
  }
  finish(state, all, allocated.bytes_total - before);
}

void merge_newer(benchmark::State& state) {
  merge_known(state, 2'000, 1'000, entries);
}

void merge_equal(benchmark::State& state) {
  merge_known(state, 1'000, 0, 0);
}

void merge_older(benchmark::State& state) {
  merge_known(state, 1, 0, 0);
}

BENCHMARK(merge_new)->Unit(benchmark::kMillisecond);
BENCHMARK(merge_newer)->Unit(benchmark::kMillisecond);
BENCHMARK(merge_equal)->Unit(benchmark::kMillisecond);
BENCHMARK(merge_older)->Unit(benchmark::kMillisecond);

} // namespace

} // namespace caf_gossip::benchmarks

int main(int argc, char** argv) {
  return caf_gossip::benchmarks::run_and_compare(argc, argv, {});
}
