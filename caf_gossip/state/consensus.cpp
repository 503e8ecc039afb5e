#include "caf_gossip/state/consensus.hpp"

#include <algorithm>

#include "caf_gossip/base/thrown.hpp"
#include "caf_gossip/state/key.hpp"

namespace caf_gossip {

namespace {

/// Returns nothing unless the member has all keys.
std::optional<consensus_values> all_values(const member_values& member, std::size_t keys) {
  if (member.values.size() != keys)
    return std::nullopt;
  consensus_values result;
  result.reserve(keys);
  for (const auto& value : member.values) {
    if (!value)
      return std::nullopt;
    result.push_back(*value);
  }
  return result;
}

std::any extracted(const consensus_check& check, const member_values& member) {
  const auto values = all_values(member, check.keys.size());
  return values ? check.extract(*values) : std::any{};
}

/// Values that cannot be compared count as different.
bool is_equal(const consensus_check& check, const std::any& left, const std::any& right) {
  bool result = false;
  const auto thrown = thrown_by([&] { result = check.equal(left, right); });
  return !thrown && result;
}

bool is_change(const consensus_check& check, const consensus_result& last,
               const consensus_result& now) {
  if (last.agreed != now.agreed)
    return true;
  if (now.agreed)
    return !is_equal(check, last.value, now.value);
  return now.thrown && now.thrown != last.thrown;
}

expected<void> verify(const consensus_check& check) {
  if (!check.extract || !check.equal)
    return fail(errc::invalid_argument,
                "a consensus check lacks functions; allowed are checks with extract and equal");
  if (check.keys.empty())
    return fail(errc::invalid_argument,
                "a consensus check has no keys; allowed are checks with at least one");
  for (const auto& key : check.keys)
    if (auto checked = check_key(key); !checked && !is_reserved_key(key))
      return checked;
  return {};
}

} // namespace

consensus_result check_consensus(const consensus_check& check,
                                 const std::vector<member_values>& members) {
  bool agreed = !members.empty();
  std::any first;
  for (const auto& member : members) {
    std::any found;
    bool equal = false;
    auto thrown = thrown_by([&] {
      found = extracted(check, member);
      if (!first.has_value())
        first = found;
      // The first is compared with itself: what differs from itself is no agreement.
      equal = found.has_value() && check.equal(first, found);
    });
    if (thrown)
      return {false, {}, std::pair{member.id, *std::move(thrown)}};
    agreed = agreed && equal;
  }
  return {agreed, agreed ? std::move(first) : std::any{}, std::nullopt};
}

expected<void> consensus_checks::add(std::uint64_t id, consensus_check check) {
  if (auto verified = verify(check); !verified)
    return verified;
  if (checks_.size() >= checks_max && !checks_.contains(id))
    return fail(errc::limit_reached, "there are 1024 consensus checks; no more are allowed");
  checks_.insert_or_assign(id, entry{std::move(check), {}});
  return {};
}

bool consensus_checks::remove(std::uint64_t id) {
  return checks_.erase(id) != 0;
}

std::vector<consensus_checks::change> consensus_checks::evaluate(const reader& read) {
  std::vector<change> changes;
  for (auto& [id, item] : checks_) {
    auto now = check_consensus(item.check, read(item.check.keys));
    if (is_change(item.check, item.last, now))
      changes.push_back({id, now});
    item.last = std::move(now);
  }
  return changes;
}

} // namespace caf_gossip
