#include "benchmarks/samples.hpp"

#include <string>

namespace caf_gossip::benchmarks {

namespace {

constexpr std::uint64_t first_incarnation = 1'790'000'000'000'000;

/// Returns `prefix` and the number with leading zeros, so that the names sort by number.
std::string numbered(const std::string& prefix, std::size_t number) {
  const auto digits = std::to_string(number);
  return prefix + std::string(5 - digits.size(), '0') + digits;
}

record sample_record(std::size_t number, std::size_t attributes) {
  record result;
  result.id = numbered("node-", number);
  result.address.host = "10.1." + std::to_string(number / 250) + "." + std::to_string(number % 250);
  result.address.port = 4711;
  result.incarnation = first_incarnation + number * 1009;
  result.version = 1 + number % 7;
  result.status = member_status::up;
  for (std::size_t i = 0; i < attributes; ++i)
    result.attrs.emplace(numbered("key", i), numbered("value", number));
  return result;
}

} // namespace

std::vector<record> sample_records(std::size_t count, std::size_t attributes) {
  std::vector<record> result;
  result.reserve(count);
  for (std::size_t number = 0; number < count; ++number)
    result.push_back(sample_record(number, attributes));
  return result;
}

envelope sample_envelope() {
  envelope result;
  result.cluster = "benchmark";
  result.sender = {"node-00000", first_incarnation, {"10.1.0.0", 4711}};
  result.receiver_incarnation = first_incarnation + 1;
  result.correlation = 42;
  result.roster_hash = 0x1234'5678'9abc'def0;
  result.state_hash = 0x0fed'cba9'8765'4321;
  return result;
}

} // namespace caf_gossip::benchmarks
