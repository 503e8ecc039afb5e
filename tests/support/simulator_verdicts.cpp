#include "tests/support/simulator_verdicts.hpp"

#include <algorithm>

#include "tests/support/printing.hpp"

namespace caf_gossip::test {

namespace {

bool is_own_verdict(const cause& why) {
  return why.informant.empty()
         && (why.kind == cause_kind::suspicion_timeout || why.kind == cause_kind::refused
             || why.kind == cause_kind::flapping);
}

std::string milliseconds_text(duration span) {
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(span).count())
         + " ms";
}

} // namespace

verdict_watch::verdict_watch(const config& cfg)
    : accusers_wanted_(cfg.detector == "swim" ? cfg.suspicion_confirmations + 1
                                              : cfg.heartbeat_observers),
      policy_({cfg.suspicion_timeout, cfg.suspicion_timeout_min, cfg.suspicion_confirmations}),
      longest_(cfg.suspicion_timeout + 2 * cfg.detector_poll_interval) {}

verdict_watch::file& verdict_watch::file_of(const member_ref& subject) {
  auto& known = files_[subject.id];
  if (known.incarnation != subject.incarnation) {
    known = {};
    known.incarnation = subject.incarnation;
  }
  return known;
}

void verdict_watch::accused(const member_entry& subject, const accusation& what,
                            const node_id& by) {
  auto& known = file_of(what.subject);
  auto& accusers = known.statements[what.version];
  const auto before = accusers.find(by);
  const bool is_known = before != accusers.end();
  if (!is_known && accusers.size() >= testimonies::accusers_max)
    return;
  // That a host was found alive is not taken back by silence.
  if (is_known && before->second == evidence::unresponsive && what.found == evidence::silent)
    return;
  accusers.insert_or_assign(by, what.found);
  const bool is_suspect =
      subject.status() == member_status::suspect && what.version == subject.rec->version;
  if (is_suspect)
    known.accusers.insert(by);
  if (what.found != evidence::unresponsive)
    known.found_alive.erase(by);
  else if (is_suspect)
    known.found_alive.insert(by);
}

void verdict_watch::refused(const membership_coordinator& core, const authority& by) {
  const auto* entry = core.table().find(by);
  if (entry == nullptr)
    return;
  auto& known = file_of(ref_of(*entry->rec));
  known.is_refused = true;
  known.found_alive.erase(core.self().id);
}

void verdict_watch::check(const membership_coordinator& core,
                          const std::vector<membership_event>& events, time_point now,
                          std::vector<std::string>& violations) {
  for (const auto& event : events)
    if (const auto* changed = std::get_if<member_status_changed>(&event))
      follow(core, *changed, now, violations);
  if (files_.empty())
    return;
  refresh(core);
  if (is_undisturbed_)
    check_overdue(core, now, violations);
}

void verdict_watch::follow(const membership_coordinator& core, const member_status_changed& event,
                           time_point now, std::vector<std::string>& violations) {
  const auto found = files_.find(event.member.id);
  if (event.to == member_status::suspect) {
    auto& known = file_of(event.member);
    known.since = now;
    known.observers = observers(core);
    known.found_alive.clear();
    known.accusers.clear();
    known.is_overdue = false;
    doubted_.insert(event.member.id);
    if (event.why.kind == cause_kind::unresponsive)
      known.found_alive.insert(core.self().id);
    if (event.why.kind == cause_kind::refused)
      known.is_refused = true;
    if (const auto* entry = core.table().find(event.member.id))
      known.suspected_version = entry->rec->version;
  } else if (event.to == member_status::dead && is_own_verdict(event.why)) {
    if (found == files_.end() || !found->second.since
        || found->second.incarnation != event.member.incarnation)
      violations.push_back("declares dead whom it did not suspect: "
                           + describe(membership_event{event}));
    else
      judge(found->second, core, event, now, violations);
  }
}

void verdict_watch::judge(const file& known, const membership_coordinator& core,
                          const member_status_changed& event, time_point now,
                          std::vector<std::string>& violations) const {
  testimony said;
  if (const auto accusers = known.statements.find(known.suspected_version);
      accusers != known.statements.end()) {
    said.accusers = accusers->second.size();
    said.refusals = static_cast<std::size_t>(
        std::count_if(accusers->second.begin(), accusers->second.end(),
                      [](const auto& item) { return item.second == evidence::refused; }));
  }
  ++said.accusers; // itself
  said.refusals += known.is_refused ? 1 : 0;
  said.host_alive = !known.found_alive.empty();
  const bool by_refusal = event.why.kind == cause_kind::refused;
  if (by_refusal && said.refusals == 0)
    violations.push_back("nobody was refused: " + describe(membership_event{event}));
  // The cause tells that nothing of the kind was at hand.
  said.refusals = by_refusal ? said.refusals : 0;
  const circumstances given{std::min(known.observers, observers(core)), 0,
                            event.why.kind == cause_kind::flapping};
  const auto earliest = policy_.down_at({}, *known.since, said, given);
  if (now < earliest)
    violations.push_back("a verdict " + milliseconds_text(now - *known.since)
                         + " after the suspicion, not " + milliseconds_text(earliest - *known.since)
                         + ": " + describe(membership_event{event}));
}

/// A suspicion may begin again, or be given more time, without an event.
void verdict_watch::refresh(const membership_coordinator& core) {
  for (auto i = files_.begin(); i != files_.end();) {
    auto& known = i->second;
    const auto* entry = core.table().find(i->first);
    if (entry == nullptr || entry->rec->incarnation != known.incarnation
        || !is_active(entry->rec->status)) {
      i = files_.erase(i);
      continue;
    }
    known.statements.erase(known.statements.begin(),
                           known.statements.lower_bound(entry->rec->version));
    if (entry->status() != member_status::suspect) {
      // In a long run every member was suspect once.
      if (known.statements.empty() && !known.is_refused) {
        i = files_.erase(i);
        continue;
      }
      known.since.reset();
      known.found_alive.clear();
      known.accusers.clear();
    } else {
      if (entry->rec->version != known.suspected_version) {
        known.found_alive.clear();
        known.accusers.clear();
      }
      known.suspected_version = entry->rec->version;
      known.since = entry->how->since;
      known.observers = std::min(known.observers, observers(core));
    }
    ++i;
  }
}

/// Several suspects at once may make the node doubt that it hears anybody, and so may what its
/// local health says.
void verdict_watch::check_overdue(const membership_coordinator& core, time_point now,
                                  std::vector<std::string>& violations) {
  const auto suspects = std::count_if(
      files_.begin(), files_.end(), [](const auto& item) { return item.second.since.has_value(); });
  const auto* own = core.table().find(core.self().id);
  if (suspects != 1 || core.table().active_count() < 2 * accusers_wanted_ || own == nullptr
      || !is_active(own->rec->status))
    return;
  for (auto& [id, known] : files_) {
    if (!known.since || known.is_overdue || now < *known.since + longest_)
      continue;
    const auto believed =
        std::count_if(known.accusers.begin(), known.accusers.end(), [&](const node_id& accuser) {
          const auto* entry = core.table().find(accuser);
          return entry != nullptr && entry->status() == member_status::up
                 && !doubted_.contains(accuser);
        });
    const auto metrics = core.metrics();
    if (believed < 2 || !metrics || metrics->local_health >= local_health::unsound)
      continue;
    known.is_overdue = true;
    violations.push_back(id + " has been suspect for " + milliseconds_text(now - *known.since)
                         + ", with " + std::to_string(believed) + " accusers");
  }
}

/// How many could accuse one member.
std::size_t verdict_watch::observers(const membership_coordinator& core) const {
  const auto active = core.table().active_count();
  return std::min(accusers_wanted_, active - std::min<std::size_t>(active, 1));
}

} // namespace caf_gossip::test
