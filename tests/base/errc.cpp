#include "caf_gossip/base/errc.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

namespace caf_gossip::tests {

using code = caf_gossip::errc;

BOOST_AUTO_TEST_SUITE(errc)

// S5.1.2
BOOST_AUTO_TEST_CASE(has_a_unique_name_for_every_code) {
  std::set<std::string_view> names;
  for (std::uint8_t value = 0; value < errc_count; ++value) {
    const auto name = to_string(static_cast<code>(value));
    BOOST_TEST(!name.empty());
    BOOST_TEST(name != "unknown");
    BOOST_TEST(names.insert(name).second, name);
  }
  BOOST_TEST(to_string(static_cast<code>(errc_count)) == "unknown");
  BOOST_TEST(to_string(static_cast<code>(255)) == "unknown");
}

// S5.1.2
BOOST_AUTO_TEST_CASE(comes_back_from_its_number) {
  for (unsigned value = 0; value < 256; ++value) {
    const auto found = to_errc(static_cast<std::uint8_t>(value));
    BOOST_TEST(found.has_value() == (value < errc_count));
    if (found)
      BOOST_TEST(static_cast<unsigned>(*found) == value);
  }
}

// S5.1.2, S2.1.5: the numbers travel, so they stay.
BOOST_AUTO_TEST_CASE(keeps_its_numbers_and_names) {
  const std::pair<code, std::string_view> agreed[] = {
      {code::none, "none"},
      {code::already_started, "already_started"},
      {code::not_started, "not_started"},
      {code::already_stopped, "already_stopped"},
      {code::invalid_config, "invalid_config"},
      {code::state_not_found, "state_not_found"},
      {code::timeout, "timeout"},
      {code::network_error, "network_error"},
      {code::invalid_state, "invalid_state"},
      {code::invalid_transition, "invalid_transition"},
      {code::unknown_authority, "unknown_authority"},
      {code::authority_conflict, "authority_conflict"},
      {code::quarantined, "quarantined"},
      {code::send_failed, "send_failed"},
      {code::invalid_topology, "invalid_topology"},
      {code::disabled, "disabled"},
      {code::wrong_cluster, "wrong_cluster"},
      {code::wrong_protocol, "wrong_protocol"},
      {code::stale_incarnation, "stale_incarnation"},
      {code::limit_reached, "limit_reached"},
      {code::blocked, "blocked"},
      {code::invalid_argument, "invalid_argument"},
      {code::connection_refused, "connection_refused"},
      {code::unreachable, "unreachable"},
  };
  unsigned number = 0;
  for (const auto& [value, name] : agreed) {
    BOOST_TEST(static_cast<unsigned>(value) == number++);
    BOOST_TEST(to_string(value) == name);
  }
  BOOST_TEST(number == errc_count);
}

// S5.1.2
BOOST_AUTO_TEST_CASE(makes_errors_that_copy_compare_and_print) {
  const error original{code::timeout, "no answer from n@h:1 within 2s"};
  const auto copy = original;
  BOOST_TEST((copy == original));
  BOOST_TEST((copy != error{code::timeout, "other"}));
  BOOST_TEST((copy != error{code::network_error, original.text}));
  BOOST_TEST(to_string(copy) == "timeout: no answer from n@h:1 within 2s");
  BOOST_TEST(to_string(error{code::disabled, {}}) == "disabled");
}

BOOST_AUTO_TEST_CASE(turns_into_any_expected) {
  const expected<int> number = fail(code::state_not_found, "key");
  const expected<void> nothing = fail(code::state_not_found, "key");
  BOOST_TEST((number.error() == nothing.error()));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
