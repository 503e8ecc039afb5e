/// A delta of 100 records to bytes and back: our frames beside CAF's own binary serializer.
///
/// Both write the same fields. Ours also computes and compares a checksum, verifies the bytes
/// before the first access and checks the bounds and the meaning of every field; CAF's trusts its
/// input and may keep its buffer from one message to the next.
#include <cstdlib>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>

#include "actors/inspect.hpp"
#include "benchmarks/comparison.hpp"
#include "benchmarks/samples.hpp"
#include "caf_gossip/wire/codec.hpp"

namespace caf_gossip::benchmarks {

namespace {

constexpr std::size_t frame_bytes_max = std::size_t{1} << 20U;
constexpr std::size_t record_count = 100;

/// A delta as CAF can write it.
struct plain_delta {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::vector<record> records;
};

plain_delta sample_delta(const benchmark::State& state) {
  return {7, 107, sample_records(record_count, static_cast<std::size_t>(state.range(0)))};
}

wire::frame sample_frame(const benchmark::State& state) {
  const auto [from, to, records] = sample_delta(state);
  delta news{from, to, {records.begin(), records.end()}};
  return {sample_envelope(), membership_payload{std::move(news)}};
}

/// Calls `f` with all fields of a frame that holds a delta.
template <class F>
auto apply_to_fields(F& f, envelope& head, plain_delta& body) {
  return f(head.cluster, head.sender, head.receiver_incarnation, head.correlation, head.roster_hash,
           head.state_hash, body.from, body.to, body.records);
}

const delta& delta_of(const wire::frame& what) {
  return std::get<delta>(std::get<membership_payload>(what.body));
}

void count(benchmark::State& state, std::size_t bytes) {
  state.counters["bytes"] = static_cast<double>(bytes);
  state.counters["records/s"] = benchmark::Counter(static_cast<double>(record_count),
                                                   benchmark::Counter::kIsIterationInvariantRate);
}

// -- ours ---------------------------------------------------------------------------------------

void encode_frame(benchmark::State& state) {
  const auto frame = sample_frame(state);
  for (auto _ : state)
    benchmark::DoNotOptimize(wire::encode(frame, frame_bytes_max));
  count(state, wire::encode(frame, frame_bytes_max)->size());
}

void decode_frame(benchmark::State& state) {
  const auto bytes = *wire::encode(sample_frame(state), frame_bytes_max);
  for (auto _ : state)
    benchmark::DoNotOptimize(wire::decode(bytes, frame_bytes_max));
  count(state, bytes.size());
}

void frame_there_and_back(benchmark::State& state) {
  const auto frame = sample_frame(state);
  std::size_t size = 0;
  for (auto _ : state) {
    const auto bytes = wire::encode(frame, frame_bytes_max);
    const auto result = wire::decode(*bytes, frame_bytes_max);
    if (!result || delta_of(*result).records.size() != record_count)
      state.SkipWithError("the frame did not survive");
    size = bytes->size();
  }
  count(state, size);
}

// -- CAF's --------------------------------------------------------------------------------------

void write(std::vector<char>& to, envelope& head, plain_delta& body) {
  to.clear();
  caf::binary_serializer sink{nullptr, to};
  if (apply_to_fields(sink, head, body))
    std::abort();
}

void encode_caf(benchmark::State& state) {
  auto head = sample_envelope();
  auto body = sample_delta(state);
  std::vector<char> bytes;
  for (auto _ : state) {
    write(bytes, head, body);
    benchmark::DoNotOptimize(bytes.data());
  }
  count(state, bytes.size());
}

void decode_caf(benchmark::State& state) {
  auto head = sample_envelope();
  auto body = sample_delta(state);
  std::vector<char> bytes;
  write(bytes, head, body);
  for (auto _ : state) {
    envelope read_head;
    plain_delta result;
    caf::binary_deserializer source{nullptr, bytes};
    if (apply_to_fields(source, read_head, result))
      state.SkipWithError("CAF refused its own bytes");
    benchmark::DoNotOptimize(result);
  }
  count(state, bytes.size());
}

void caf_there_and_back(benchmark::State& state) {
  auto head = sample_envelope();
  auto body = sample_delta(state);
  std::vector<char> bytes;
  for (auto _ : state) {
    write(bytes, head, body);
    envelope read_head;
    plain_delta result;
    caf::binary_deserializer source{nullptr, bytes};
    if (apply_to_fields(source, read_head, result) || result.records.size() != record_count)
      state.SkipWithError("CAF refused its own bytes");
  }
  count(state, bytes.size());
}

// The argument is the number of attributes per record.
BENCHMARK(encode_frame)->Arg(0)->Arg(2);
BENCHMARK(encode_caf)->Arg(0)->Arg(2);
BENCHMARK(decode_frame)->Arg(0)->Arg(2);
BENCHMARK(decode_caf)->Arg(0)->Arg(2);
BENCHMARK(frame_there_and_back)->Arg(0)->Arg(2);
BENCHMARK(caf_there_and_back)->Arg(0)->Arg(2);

} // namespace

} // namespace caf_gossip::benchmarks

int main(int argc, char** argv) {
  return caf_gossip::benchmarks::run_and_compare(
      argc, argv,
      {{"encode_frame/0", "encode_caf/0"},
       {"encode_frame/2", "encode_caf/2"},
       {"decode_frame/0", "decode_caf/0"},
       {"decode_frame/2", "decode_caf/2"},
       {"frame_there_and_back/0", "caf_there_and_back/0", 5},
       {"frame_there_and_back/2", "caf_there_and_back/2", 5}});
}
