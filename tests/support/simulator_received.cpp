#include "tests/support/simulator_received.hpp"

#include <algorithm>

namespace caf_gossip::test {

/// Most messages say nothing of suspects, and there are many.
received_message::received_message(const membership_coordinator& core,
                                   const membership_message& what)
    : what_(what) {
  std::visit(
      [&](const auto& payload) {
        if constexpr (requires { payload.news; })
          look_at(core, payload.news);
        else if constexpr (requires { payload.page; })
          look_at(core, payload.page.records);
        else if constexpr (requires { payload.records; })
          look_at(core, payload.records);
      },
      what.payload);
  const auto* said = std::get_if<accusation>(&what.payload);
  if (said == nullptr)
    return;
  const auto* entry = core.table().find(said->subject.id);
  if (said->subject == core.self())
    note_suspicion(core, said->version);
  else if (entry != nullptr && ref_of(*entry->rec) == said->subject && is_active(entry->rec->status)
           && said->version >= entry->rec->version)
    accused_ = *entry;
}

void received_message::look_at(const membership_coordinator& core, const shared_records& records) {
  for (const auto& rec : records)
    if (rec->status == member_status::suspect && ref_of(*rec) == core.self())
      note_suspicion(core, rec->version);
}

void received_message::note_suspicion(const membership_coordinator& core, std::uint64_t version) {
  self_ = core.self();
  suspected_ = std::max(suspected_.value_or(0), version);
}

bool received_message::brings_roster() const {
  return std::holds_alternative<join_response>(what_.payload)
         || std::holds_alternative<roster_response>(what_.payload);
}

void received_message::accepted(const membership_coordinator& core, verdict_watch& verdicts,
                                std::vector<std::string>& violations) const {
  if (accused_)
    verdicts.accused(*accused_, std::get<accusation>(what_.payload), what_.head.sender.id);
  if (!suspected_ || core.self() != self_)
    return;
  const auto* own = core.table().find(self_.id);
  if (own != nullptr && is_active(own->rec->status) && own->rec->version <= *suspected_)
    violations.push_back("does not refute that it is suspect in version "
                         + std::to_string(*suspected_));
}

} // namespace caf_gossip::test
