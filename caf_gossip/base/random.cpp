#include "caf_gossip/base/random.hpp"

namespace caf_gossip {

std::uint64_t random_source::below(std::uint64_t bound) {
  // Rejection keeps the result uniform: values under `excess` would favour small remainders.
  const std::uint64_t excess = (std::uint64_t{0} - bound) % bound;
  for (;;) {
    const std::uint64_t drawn = engine_();
    if (drawn >= excess)
      return drawn % bound;
  }
}

double random_source::fraction() {
  return static_cast<double>(engine_() >> 11U) * 0x1.0p-53;
}

} // namespace caf_gossip
