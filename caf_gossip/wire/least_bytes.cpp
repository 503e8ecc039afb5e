#include "caf_gossip/wire/pack.hpp"

namespace caf_gossip::wire {

namespace {

/// Every table costs more than this: an offset to it and one to its list of fields.
constexpr std::size_t table_bytes = 8;

/// Incarnation, version, address, status, number of attributes.
constexpr std::size_t core_bytes = 24;

std::size_t least(const record& what) {
  auto result = core_bytes + what.id.size();
  for (const auto& [key, value] : what.attrs)
    result += key.size() + value.size();
  return result;
}

std::size_t least(const shared_records& records) {
  std::size_t result = 0;
  for (const auto& item : records)
    result += least(*item);
  return result;
}

std::size_t least(const std::vector<hash_range>& ranges) {
  return ranges.size() * sizeof(hash_range);
}

std::size_t least(const gossip_state& state) {
  std::size_t result = 0;
  for (const auto& [id, member] : state.members) {
    result += table_bytes + id.size();
    for (const auto& [key, entry] : member.entries)
      result += table_bytes + key.size() + entry.value.size();
  }
  return result;
}

std::size_t least(const state_question& what) {
  return least(what.ranges) + least(what.scope) + what.entries.size() * sizeof(entry_digest);
}

std::size_t least(const state_findings& what) {
  return least(what.different) + what.wanted.size() * sizeof(std::uint64_t);
}

struct measure {
  std::size_t operator()(const heartbeat& what) const { return table_bytes + least(what.news); }
  std::size_t operator()(const delta& what) const { return least(what.records); }
  std::size_t operator()(const ack&) const { return table_bytes; }
  std::size_t operator()(const join_request& what) const { return least(what.self); }
  std::size_t operator()(const join_response& what) const { return least(what.page.records); }
  std::size_t operator()(const roster_request& what) const { return what.after.size(); }
  std::size_t operator()(const roster_response& what) const { return least(what.page.records); }
  std::size_t operator()(const sync_request& what) const {
    return what.digest.size() * sizeof(digest_entry) + least(what.scope);
  }
  std::size_t operator()(const sync_response& what) const {
    return least(what.records) + what.wanted.size() * sizeof(std::uint64_t);
  }
  std::size_t operator()(const ping& what) const { return table_bytes + least(what.news); }
  std::size_t operator()(const ping_ack& what) const { return table_bytes + least(what.news); }
  std::size_t operator()(const probe_request& what) const { return what.subject.id.size(); }
  std::size_t operator()(const probe_report& what) const { return what.subject.id.size(); }
  std::size_t operator()(const accusation& what) const { return what.subject.id.size(); }
  std::size_t operator()(const range_request& what) const { return least(what.ranges); }
  std::size_t operator()(const range_response& what) const { return least(what.ranges); }
  std::size_t operator()(const gossip_request& what) const {
    return least(what.state) + (what.question ? least(*what.question) : 0);
  }
  std::size_t operator()(const gossip_response& what) const {
    return (what.state ? least(*what.state) : table_bytes)
           + (what.findings ? least(*what.findings) : 0);
  }
  std::size_t operator()(const reject&) const { return table_bytes; }
  std::size_t operator()(const membership_payload& what) const { return std::visit(*this, what); }
  std::size_t operator()(const state_payload& what) const { return std::visit(*this, what); }
};

} // namespace

std::size_t least_bytes(const frame& what) {
  return what.head.cluster.size() + what.head.sender.id.size() + std::visit(measure{}, what.body);
}

} // namespace caf_gossip::wire
