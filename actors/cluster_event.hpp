/// The events of both planes as one type: what the event stream carries.
#pragma once

#include <utility>
#include <variant>
#include <vector>

#include "caf_gossip/membership/event.hpp"
#include "caf_gossip/state/event.hpp"

namespace caf_gossip {

namespace detail {

template <class First, class Second>
struct concatenated;

template <class... First, class... Second>
struct concatenated<std::variant<First...>, std::variant<Second...>> {
  using type = std::variant<First..., Second...>;
};

} // namespace detail

using cluster_event = detail::concatenated<membership_event, state_event>::type;

/// Returns the events of one plane as events of both.
template <class Event>
[[nodiscard]] std::vector<cluster_event> to_cluster_events(std::vector<Event> events) {
  std::vector<cluster_event> result;
  result.reserve(events.size());
  for (auto& event : events)
    std::visit([&](auto& what) { result.emplace_back(std::move(what)); }, event);
  return result;
}

} // namespace caf_gossip
