/// An immutable value that many hold and nobody copies.
///
/// Half the size of a std::shared_ptr, and compared by value. Holders may live in several threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace caf_gossip {

template <class T>
class shared_value {
public:
  /// Holds nothing: only to be assigned to.
  shared_value() = default;
  explicit shared_value(T value) : held_(new holder{1, std::move(value)}) {}
  shared_value(const shared_value& other) : held_(other.held_) {
    if (held_ != nullptr)
      held_->uses.fetch_add(1, std::memory_order_relaxed);
  }
  shared_value(shared_value&& other) noexcept : held_(std::exchange(other.held_, nullptr)) {}
  shared_value& operator=(shared_value other) noexcept {
    std::swap(held_, other.held_);
    return *this;
  }
  ~shared_value() {
    if (held_ != nullptr && held_->uses.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete held_;
  }

  [[nodiscard]] explicit operator bool() const { return held_ != nullptr; }
  [[nodiscard]] const T& operator*() const { return held_->value; }
  [[nodiscard]] const T* operator->() const { return &held_->value; }
  /// Do both hold the very same value, or nothing?
  [[nodiscard]] bool is(const shared_value& other) const { return held_ == other.held_; }

private:
  struct holder {
    std::atomic<std::uint32_t> uses;
    T value;
  };

  holder* held_ = nullptr;
};

} // namespace caf_gossip
