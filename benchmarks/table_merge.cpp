/// How fast a node takes in what others tell it: records into its table, and whole rosters from
/// their bytes into its table.
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "benchmarks/comparison.hpp"
#include "benchmarks/samples.hpp"
#include "caf_gossip/membership/member_table.hpp"
#include "caf_gossip/wire/codec.hpp"

namespace caf_gossip::benchmarks {

namespace {

constexpr std::size_t frame_bytes_max = std::size_t{1} << 20U;
const node_id informant = "node-00000";

std::size_t size_of(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

member_table table_for(std::size_t members) {
  return {members, members};
}

/// Returns how many records were of that kind. To hash them is part of it, unless they are decoded.
template <class Records>
std::size_t merge_all(member_table& table, Records&& records, merge_kind kind) {
  const cause why{cause_kind::gossip, informant, 0.0, {}};
  std::size_t result = 0;
  for (auto& item : records)
    if (table.merge(std::move(item), why, informant, time_point{}).kind == kind)
      ++result;
  return result;
}

std::vector<record> with_version(std::vector<record> records, std::uint64_t version) {
  for (auto& item : records)
    item.version = version;
  return records;
}

/// Counts records instead of rounds.
void finish(benchmark::State& state, std::size_t merged) {
  if (merged != size_of(state) * static_cast<std::size_t>(state.iterations()))
    state.SkipWithError("a record was not merged as expected");
  state.SetItemsProcessed(static_cast<std::int64_t>(merged));
}

void merge_new(benchmark::State& state) {
  const auto records = sample_records(size_of(state), 0);
  std::size_t merged = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto received = records;
    auto table = table_for(records.size());
    state.ResumeTiming();
    merged += merge_all(table, std::move(received), merge_kind::accepted);
    state.PauseTiming();
    received = {};
    table = table_for(0);
    state.ResumeTiming();
  }
  finish(state, merged);
}

/// Merges what `next` returns, every round into the same table.
template <class Next>
void merge_known(benchmark::State& state, merge_kind kind, Next next) {
  const auto records = with_version(sample_records(size_of(state), 0), 2);
  auto table = table_for(records.size());
  merge_all(table, std::vector{records}, merge_kind::accepted);
  std::size_t merged = 0;
  for (auto _ : state) {
    state.PauseTiming();
    auto received = next(records);
    state.ResumeTiming();
    merged += merge_all(table, std::move(received), kind);
  }
  finish(state, merged);
}

void merge_same(benchmark::State& state) {
  merge_known(state, merge_kind::unchanged, [](const auto& records) { return records; });
}

void merge_newer(benchmark::State& state) {
  merge_known(state, merge_kind::accepted,
              [version = std::uint64_t{2}](const auto& records) mutable {
                return with_version(records, ++version);
              });
}

void merge_older(benchmark::State& state) {
  merge_known(state, merge_kind::stale,
              [](const auto& records) { return with_version(records, 1); });
}

/// From the bytes of one frame with a whole roster to a table that has it.
void decode_and_merge_new(benchmark::State& state) {
  const auto records = sample_records(size_of(state), 0);
  delta roster{0, 1, {records.begin(), records.end()}};
  const auto bytes =
      *wire::encode({sample_envelope(), membership_payload{std::move(roster)}}, frame_bytes_max);
  std::size_t merged = 0;
  for (auto _ : state) {
    auto table = table_for(size_of(state));
    auto frame = wire::decode(bytes, frame_bytes_max);
    auto& received = std::get<delta>(std::get<membership_payload>(frame->body)).records;
    merged += merge_all(table, std::move(received), merge_kind::accepted);
  }
  finish(state, merged);
}

BENCHMARK(merge_new)->Arg(1'000)->Arg(10'000);
BENCHMARK(merge_same)->Arg(1'000)->Arg(10'000);
BENCHMARK(merge_newer)->Arg(1'000)->Arg(10'000);
BENCHMARK(merge_older)->Arg(1'000)->Arg(10'000);
BENCHMARK(decode_and_merge_new)->Arg(1'000)->Arg(10'000);

} // namespace

} // namespace caf_gossip::benchmarks

int main(int argc, char** argv) {
  return caf_gossip::benchmarks::run_and_compare(argc, argv, {});
}
