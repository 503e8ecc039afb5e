/// Counts what a program allocates. Included by one source file of a program only: it replaces the
/// global operator new.
#pragma once

#include <malloc.h>

#include <cstddef>
#include <cstdlib>
#include <new>

namespace caf_gossip::benchmarks {

/// Of the C library, so with its rounding, without its 8 bytes of header.
struct allocations {
  std::size_t count = 0;
  std::size_t bytes_total = 0;
  std::size_t bytes_now = 0;
};

inline allocations allocated;

} // namespace caf_gossip::benchmarks

// Inlined, the compiler would see free where it expects operator delete.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* result = std::malloc(size);
  if (result == nullptr)
    throw std::bad_alloc{};
  const auto usable = malloc_usable_size(result);
  auto& count = caf_gossip::benchmarks::allocated;
  ++count.count;
  count.bytes_total += usable;
  count.bytes_now += usable;
  return result;
}

[[gnu::noinline]] void operator delete(void* what) noexcept {
  if (what != nullptr)
    caf_gossip::benchmarks::allocated.bytes_now -= malloc_usable_size(what);
  std::free(what);
}

void operator delete(void* what, std::size_t) noexcept {
  operator delete(what);
}
