/// Records as a cluster of some size has them.
#pragma once

#include <cstddef>
#include <vector>

#include "caf_gossip/base/envelope.hpp"
#include "caf_gossip/membership/record.hpp"

namespace caf_gossip::benchmarks {

/// Returns `count` members that are up, each with its own name, IPv4 authority and `attributes`
/// (at most 16) attributes of 8 to 10 bytes, sorted by name.
[[nodiscard]] std::vector<record> sample_records(std::size_t count, std::size_t attributes);

/// Returns an envelope with every field set.
[[nodiscard]] envelope sample_envelope();

} // namespace caf_gossip::benchmarks
