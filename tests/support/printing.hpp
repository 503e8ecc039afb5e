/// How values of the core are printed when a test fails, and as lines of a trace.
#pragma once

#include <concepts>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "caf_gossip/membership/event.hpp"
#include "caf_gossip/membership/member_table.hpp"
#include "caf_gossip/membership/message.hpp"
#include "caf_gossip/membership/topology.hpp"

namespace caf_gossip {

/// Returns one line with everything that distinguishes two events, except their stamps.
std::string describe(const membership_event& event);
std::string describe(const membership_payload& payload);
std::string describe(const topology& update);
std::string describe(const member_ref& value);
std::string describe(const record& value);
std::string describe(const shared_record& value);
std::string describe(const authority& value);
std::string describe(const error& value);
std::string describe(const refusal& value);
std::string describe(member_status value);
std::string describe(cause_kind value);
std::string describe(errc value);
std::string describe(node_mode value);
std::string describe(merge_kind value);

template <class T>
concept described = requires(const T& value) {
  { describe(value) } -> std::same_as<std::string>;
};

template <described T>
std::ostream& boost_test_print_type(std::ostream& out, const T& value) {
  return out << describe(value);
}

template <described T>
std::ostream& boost_test_print_type(std::ostream& out, const std::optional<T>& value) {
  return out << (value ? describe(*value) : std::string{"nothing"});
}

template <described T>
std::ostream& boost_test_print_type(std::ostream& out, const std::vector<T>& values) {
  out << "[";
  for (const auto& value : values)
    out << describe(value) << "; ";
  return out << "]";
}

} // namespace caf_gossip
