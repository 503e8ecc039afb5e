#include "examples/event_lines.hpp"

#include <cstdio>
#include <vector>

#include <nlohmann/json.hpp>

namespace caf_gossip::examples {

using nlohmann::json;

namespace {

std::string word_for(const member_status_changed& what) {
  switch (what.to) {
    case member_status::up:
      return "alive";
    case member_status::leaving:
      return "left";
    case member_status::removed:
      return what.from == member_status::leaving ? "removed" : "left";
    default:
      return std::string{to_string(what.to)};
  }
}

std::vector<node_id> ids(const std::vector<member_ref>& members) {
  std::vector<node_id> result;
  for (const auto& who : members)
    result.push_back(who.id);
  return result;
}

std::string joined_text(const std::vector<member_ref>& members) {
  std::string result;
  for (const auto& who : members)
    result.append(result.empty() ? "" : ", ").append(who.id);
  return result.empty() ? "-" : result;
}

std::string hex(std::uint64_t number) {
  char text[17] = {};
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(number));
  return text;
}

std::string reason_text(errc code, const std::string& reason) {
  return to_string(error{code, reason});
}

/// The JSON of each event.
struct json_writer {
  json operator()(const startup& what) const {
    return {
        {"event", "started"}, {"address", to_string(what.address)}, {"mode", to_string(what.mode)}};
  }
  json operator()(const shutdown&) const { return {{"event", "stopped"}}; }
  json operator()(const startup_failed& what) const {
    return {{"event", "start_failed"}, {"reason", reason_text(what.code, what.reason)}};
  }
  json operator()(const shutdown_failed& what) const {
    return {{"event", "stop_failed"}, {"reason", reason_text(what.code, what.reason)}};
  }
  json operator()(const join_refused& what) const {
    return {{"event", "join_refused"},
            {"seed", to_string(what.seed)},
            {"reason", reason_text(what.code, what.reason)}};
  }
  json operator()(const self_declared_dead& what) const {
    return {{"event", "self_declared_dead"},
            {"member", what.self.id},
            {"by", what.informant},
            {"returns", what.returns_at.has_value()}};
  }
  json operator()(const member_status_changed& what) const {
    json line{{"event", word_for(what)},
              {"member", what.member.id},
              {"address", to_string(what.member.address)},
              {"incarnation", what.member.incarnation},
              {"cause", to_string(what.why.kind)}};
    if (what.from)
      line["from"] = to_string(*what.from);
    if (!what.why.informant.empty())
      line["by"] = what.why.informant;
    if (what.why.silent_for.count() > 0)
      line["silent_ms"] = what.why.silent_for.count();
    return line;
  }
  json operator()(const transition_refused& what) const {
    return {{"event", "transition_refused"},
            {"member", what.member.id},
            {"from", to_string(what.from)},
            {"to", to_string(what.to)},
            {"by", what.informant}};
  }
  json operator()(const member_quarantined& what) const {
    return {{"event", "quarantined"},
            {"member", what.id},
            {"address", to_string(what.address)},
            {"reason", what.reason}};
  }
  json operator()(const quarantine_cleared& what) const {
    return {
        {"event", "quarantine_cleared"}, {"member", what.id}, {"address", to_string(what.address)}};
  }
  json operator()(const rejoin_refused& what) const {
    return {{"event", "refused"},
            {"member", what.member.id},
            {"address", to_string(what.member.address)},
            {"reason", reason_text(what.code, what.reason)}};
  }
  json operator()(const topology_updated& what) const {
    return {{"event", "topology"},
            {"joined", ids(what.update.joined)},
            {"left", ids(what.update.left)},
            {"dead", ids(what.update.dead)},
            {"members", ids(what.update.members)},
            {"hash", hex(what.update.hash)}};
  }
  json operator()(const topology_apply_failed& what) const {
    return {{"event", "topology_failed"}, {"reason", what.reason}};
  }
  json operator()(const disseminated& what) const {
    return {{"event", "disseminated"}, {"peers", what.peers}, {"version", what.version}};
  }
  json operator()(const reconciling_requested& what) const {
    return {{"event", "reconciling"}, {"member", what.peer}};
  }
  json operator()(const conflict_detected& what) const {
    return {{"event", "conflict"},
            {"member", what.id},
            {"kept", to_string(what.kept)},
            {"refused", to_string(what.refused)}};
  }
  json operator()(const confirmed& what) const {
    return {{"event", "confirmed"}, {"version", what.version}};
  }
  json operator()(const seen_changed& what) const {
    return {
        {"event", "seen"}, {"member", what.peer}, {"seen_by", what.seen_by}, {"peers", what.peers}};
  }
  json operator()(const gossip_send_failed& what) const {
    return {{"event", "send_failed"},
            {"address", to_string(what.target)},
            {"reason", reason_text(what.code, what.reason)}};
  }
};

/// The sentence of each event that people want to see.
struct sentence_writer {
  std::string operator()(const startup& what) const {
    return "listening on " + to_string(what.address);
  }
  std::string operator()(const shutdown&) const { return "stopped"; }
  std::string operator()(const startup_failed& what) const {
    return "could not start: " + reason_text(what.code, what.reason);
  }
  std::string operator()(const join_refused& what) const {
    return to_string(what.seed) + " refused us: " + reason_text(what.code, what.reason);
  }
  std::string operator()(const member_status_changed& what) const {
    auto text = what.member.id + " is " + word_for(what);
    if (what.why.kind == cause_kind::silence)
      return text + ": silent for " + std::to_string(what.why.silent_for.count()) + " ms";
    text.append(" (").append(to_string(what.why.kind));
    if (!what.why.informant.empty())
      text.append(" from ").append(what.why.informant);
    return text + ")";
  }
  std::string operator()(const member_quarantined& what) const {
    return to_string(what.address) + " is in quarantine: " + what.reason;
  }
  std::string operator()(const quarantine_cleared& what) const {
    return to_string(what.address) + " may come back";
  }
  std::string operator()(const rejoin_refused& what) const {
    return what.member.id + " was refused: " + reason_text(what.code, what.reason);
  }
  std::string operator()(const self_declared_dead& what) const {
    return what.informant + " says that this node is dead";
  }
  std::string operator()(const topology_updated& what) const {
    return "members: " + joined_text(what.update.members);
  }
  template <class Other>
  std::string operator()(const Other&) const {
    return {};
  }
};

} // namespace

json to_json(const membership_event& event) {
  return std::visit(json_writer{}, event);
}

json to_json(const membership_snapshot& now) {
  json members = json::array();
  for (const auto& member : now.members)
    members.push_back({{"id", member.rec.id},
                       {"address", to_string(member.rec.address)},
                       {"incarnation", member.rec.incarnation},
                       {"status", to_string(member.rec.status)},
                       {"cause", to_string(member.why.kind)}});
  return {{"event", "members"},
          {"self", now.self.id},
          {"phase", to_string(now.phase)},
          {"hash", hex(now.roster_hash)},
          {"members", members}};
}

std::string to_sentence(const membership_event& event) {
  return std::visit(sentence_writer{}, event);
}

} // namespace caf_gossip::examples
