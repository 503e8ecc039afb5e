/// A record with its hashes, shared by the table and all messages that carry it.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "caf_gossip/base/shared_value.hpp"
#include "caf_gossip/membership/record.hpp"

namespace caf_gossip {

/// Returns the hash by which an id is placed on the ring.
[[nodiscard]] std::uint64_t hash_of_id(const node_id& id);
[[nodiscard]] std::uint64_t hash_of(const authority& where);

class shared_record {
public:
  /// Holds nothing: only to be assigned to.
  shared_record() = default;
  shared_record(record what);

  [[nodiscard]] explicit operator bool() const { return static_cast<bool>(held_); }
  [[nodiscard]] const record& operator*() const { return held_->rec; }
  [[nodiscard]] const record* operator->() const { return &held_->rec; }

  [[nodiscard]] std::uint64_t id_hash() const { return held_->id_hash; }
  [[nodiscard]] std::uint64_t address_hash() const { return held_->address_hash; }
  /// The content hash: `hash_of` the record.
  [[nodiscard]] std::uint64_t hash() const { return held_->hash; }

  friend bool operator==(const shared_record& lhs, const shared_record& rhs) {
    if (lhs.held_.is(rhs.held_))
      return true;
    return lhs && rhs && lhs.hash() == rhs.hash() && *lhs == *rhs;
  }

private:
  struct hashed {
    record rec;
    std::uint64_t id_hash = 0;
    std::uint64_t address_hash = 0;
    std::uint64_t hash = 0;
  };

  shared_value<hashed> held_;
};

using shared_records = std::vector<shared_record>;

} // namespace caf_gossip
