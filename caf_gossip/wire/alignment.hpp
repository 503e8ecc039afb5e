/// What the verifier of FlatBuffers 2.0 does not check. Internal to this folder.
#pragma once

#include <cstddef>
#include <cstdint>

#include <flatbuffers/flatbuffers.h>

namespace caf_gossip::wire {

/// Tells whether the elements of a verified vector, if there is one, may be read in place. The
/// verifier aligns only the length in front of them.
template <class T>
[[nodiscard]] bool is_aligned(const flatbuffers::Vector<T>* what, std::size_t alignment) {
  return what == nullptr || reinterpret_cast<std::uintptr_t>(what->Data()) % alignment == 0;
}

} // namespace caf_gossip::wire
