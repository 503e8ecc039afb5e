/// What it costs to answer a question about ranges that all lie in one member: it must follow the
/// keys, not keys times ranges.
#include <benchmark/benchmark.h>

#include "benchmarks/comparison.hpp"
#include "benchmarks/state_samples.hpp"
#include "caf_gossip/state/state_ranges.hpp"

namespace caf_gossip::benchmarks {

namespace {

/// The widest range whose places begin as this entry's does.
hash_range owner_of(std::uint64_t place) {
  constexpr auto of_key = ~std::uint64_t{0} >> 16U;
  return {place & ~of_key, place | of_key, 0};
}

/// Arguments: keys of the member, and ranges in the question.
void question(benchmark::State& state) {
  const auto keys = static_cast<std::size_t>(state.range(0));
  const auto ranges = static_cast<std::uint64_t>(state.range(1));
  sample_store samples{1};
  gossip_member_state all;
  for (std::size_t key = 0; key < keys; ++key)
    all[numbered("key-", key)] = {byte_buffer(sample_value_bytes, 1), 1 + key, 0, false};
  samples.merge(samples.ids()[0], all);
  const auto& store = samples.store();
  const auto whole = owner_of(state_ranges{store}.list({all_hashes}).front().place);
  const auto width = (whole.last - whole.first) / ranges;
  state_question asked;
  for (std::uint64_t i = 0; i < ranges; ++i)
    asked.ranges.push_back({whole.first + i * width, whole.first + (i + 1) * width - 1, 1});
  const delta_target target{"target", 2, 0};
  const delta_limits limits{1, std::size_t{1} << 20U, 0};
  std::size_t different = 0;
  for (auto _ : state) {
    delta_builder to{target, limits, store.revision()};
    different += state_ranges{store}.compare(asked, to).different.size();
  }
  if (different != ranges * static_cast<std::uint64_t>(state.iterations()))
    state.SkipWithError("not all ranges differ");
}

BENCHMARK(question)
    ->ArgNames({"keys", "ranges"})
    ->Args({4'096, 1})
    ->Args({4'096, 16})
    ->Args({4'096, 256})
    ->Unit(benchmark::kMicrosecond);

} // namespace

} // namespace caf_gossip::benchmarks

int main(int argc, char** argv) {
  return caf_gossip::benchmarks::run_and_compare(argc, argv, {});
}
