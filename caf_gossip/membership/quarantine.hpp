/// Who may not come in for a while, by authority, with a time to live.
///
/// An entry counts until its expiry and not a moment longer, whether or not anybody polled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "caf_gossip/base/member_ref.hpp"
#include "caf_gossip/base/time.hpp"

namespace caf_gossip {

struct quarantine_entry {
  node_id id;
  authority address;
  std::string reason;
  time_point since{};
  time_point expires_at{};

  friend bool operator==(const quarantine_entry&, const quarantine_entry&) = default;
};

class quarantine {
public:
  explicit quarantine(std::size_t entries_max) : entries_max_(entries_max) {}

  /// Adds an entry. One that still counts at the same authority is kept as it is. At the bound
  /// the entry that expires first makes room and is counted. Returns whether it was added.
  bool add(quarantine_entry entry);

  /// Ends an entry early. Returns it, or nothing when none counts at `where`.
  std::optional<quarantine_entry> clear(const authority& where, time_point now);

  /// Removes and returns everything that has expired by `now`, first expired first. Each entry is
  /// returned once.
  std::vector<quarantine_entry> take_expired(time_point now);

  void clear() { entries_.clear(); }

  /// Returns the entry that counts against this authority or this id, if any, of those that were
  /// added after `later_than`.
  [[nodiscard]] const quarantine_entry* find(const authority& where, const node_id& id,
                                             time_point now,
                                             time_point later_than = time_point::min()) const;

  /// What counts at `now`, sorted by authority.
  [[nodiscard]] std::vector<quarantine_entry> list(time_point now) const;

  [[nodiscard]] time_point next_deadline() const;
  [[nodiscard]] std::size_t size() const { return entries_.size(); }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

private:
  std::size_t entries_max_;
  std::map<authority, quarantine_entry> entries_;
  std::uint64_t dropped_ = 0;
};

} // namespace caf_gossip
