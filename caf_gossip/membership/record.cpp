#include "caf_gossip/membership/record.hpp"

#include <algorithm>
#include <tuple>

#include "caf_gossip/base/hashing.hpp"

namespace caf_gossip {

namespace {

/// How far a member is on its way out. Statuses that may follow each other both ways share a rank.
int way_out(member_status status) {
  switch (status) {
    case member_status::joining:
      return 0;
    case member_status::up:
    case member_status::suspect:
      return 1;
    case member_status::leaving:
      return 2;
    case member_status::dead:
      return 3;
    case member_status::removed:
      return 4;
  }
  return 0;
}

auto precedence(const record& what) {
  return std::tuple{what.incarnation, way_out(what.status), what.version, what.status};
}

} // namespace

std::strong_ordering compare(const record& lhs, const record& rhs) {
  if (const auto order = precedence(lhs) <=> precedence(rhs); order != 0)
    return order;
  return std::tie(lhs.address, lhs.attrs) <=> std::tie(rhs.address, rhs.attrs);
}

bool in_conflict(const record& lhs, const record& rhs) {
  return lhs.id == rhs.id && precedence(lhs) == precedence(rhs)
         && (lhs.address != rhs.address || lhs.attrs != rhs.attrs);
}

member_ref ref_of(const record& what) {
  return {what.id, what.incarnation, what.address};
}

std::uint64_t hash_of(const record& what) {
  content_hash hash;
  hash.add(what.id).add(what.incarnation).add(what.version);
  hash.add(static_cast<std::uint64_t>(what.status));
  hash.add(what.address.host).add(std::uint64_t{what.address.port});
  for (const auto& [key, value] : what.attrs)
    hash.add(key).add(value);
  return hash.finish();
}

bool is_valid(const record& what) {
  const auto fits = [](const auto& item) {
    return !item.first.empty() && item.first.size() <= attribute_bytes_max
           && item.second.size() <= attribute_bytes_max;
  };
  return is_valid_node_id(what.id) && is_reachable(what.address) && what.incarnation != 0
         && what.attrs.size() <= attributes_max
         && std::all_of(what.attrs.begin(), what.attrs.end(), fits);
}

std::size_t estimated_bytes(const record& what) {
  std::size_t bytes = 64 + what.id.size() + what.address.host.size();
  for (const auto& [key, value] : what.attrs)
    bytes += 24 + key.size() + value.size();
  return bytes;
}

std::string to_string(const record& what) {
  return to_string(ref_of(what)) + " v" + std::to_string(what.version) + " "
         + std::string{to_string(what.status)};
}

} // namespace caf_gossip
