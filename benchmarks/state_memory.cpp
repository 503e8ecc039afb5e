/// What a member and an entry take in memory beyond key and value.
#include <cstdio>

#include "benchmarks/counted_new.hpp"
#include "benchmarks/state_samples.hpp"

namespace caf_gossip::benchmarks {

namespace {

void measure(std::size_t members) {
  const auto before = allocated;
  {
    sample_store samples{members};
    const auto admitted = allocated;
    samples.merge_all(sample_state(1));
    const auto full = allocated;
    const auto entries = static_cast<double>(members * sample_keys);
    const auto per_entry = static_cast<double>(full.bytes_now - admitted.bytes_now) / entries;
    const auto content = static_cast<double>(sample_value_bytes + numbered("key-", 0).size());
    std::printf(
        "%8zu members: %5.0f bytes per member, %5.0f per entry, %5.0f beyond key and value\n",
        members,
        static_cast<double>(admitted.bytes_now - before.bytes_now) / static_cast<double>(members),
        per_entry, per_entry - content);
  }
}

} // namespace

} // namespace caf_gossip::benchmarks

int main() {
  for (const std::size_t members : {100, 1'000, 10'000})
    caf_gossip::benchmarks::measure(members);
}
