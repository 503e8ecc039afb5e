// Errors of this library inside caf::error and back.
#include <set>

#include <boost/test/unit_test.hpp>
#include <caf/exit_reason.hpp>
#include <caf/pec.hpp>
#include <caf/sec.hpp>

#include "tests/support/deterministic_actors.hpp"

namespace caf_gossip::test {

namespace {

std::vector<errc> all_codes() {
  std::vector<errc> result;
  for (std::uint8_t code = 1; code < errc_count; ++code)
    result.push_back(static_cast<errc>(code));
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(errors)

// S5.1.2
BOOST_AUTO_TEST_CASE(come_back_as_they_went) {
  for (const auto code : all_codes()) {
    const error with_text{code, "because of " + std::string{to_string(code)}};
    BOOST_TEST(from_caf(to_caf(with_text)) == with_text);
    const error without_text{code, ""};
    BOOST_TEST(from_caf(to_caf(without_text)) == without_text);
  }
}

// S5.1.2: code 0 is no error in CAF.
BOOST_AUTO_TEST_CASE(keep_none_as_no_error) {
  BOOST_TEST(!to_caf({errc::none, ""}));
}

// S5.1.2: copyable and comparable; the text does not count.
BOOST_AUTO_TEST_CASE(compare_by_their_code) {
  const auto first = to_caf({errc::timeout, "one"});
  const auto copy = first;
  BOOST_TEST((copy == first));
  BOOST_TEST((first == errc::timeout));
  BOOST_TEST((first == to_caf({errc::timeout, "two"})));
  BOOST_TEST((first != to_caf({errc::network_error, "one"})));
  BOOST_TEST((first != caf::make_error(caf::sec::request_timeout)));
  BOOST_TEST((error{errc::timeout, "one"} != error{errc::timeout, "two"}));
}

// S5.1.2
BOOST_AUTO_TEST_CASE(are_rendered_by_the_actor_system) {
  deterministic_actors world;
  auto& node = world.add("a");
  std::set<std::string> texts;
  for (const auto code : all_codes()) {
    const auto text = node.sys().render(to_caf({code, "why"}));
    BOOST_TEST(text == "gossip: " + std::string{to_string(code)} + ": why");
    texts.insert(text);
  }
  BOOST_TEST(texts.size() == errc_count - 1U);
  BOOST_TEST(node.sys().render(caf::make_error(errc::disabled)) == "gossip: disabled");
}

// S5.1.2: through messages between actors.
BOOST_AUTO_TEST_CASE(survive_a_request) {
  deterministic_actors world;
  auto& node = world.add("a");
  const auto refused = node.stop();
  BOOST_TEST(refused.code() == errc::not_started);
  BOOST_TEST(refused.text() == "the gossiper was not started");
}

BOOST_AUTO_TEST_CASE(stand_for_those_of_caf) {
  BOOST_TEST(from_caf(caf::make_error(caf::sec::request_timeout)).code == errc::timeout);
  BOOST_TEST(from_caf(caf::make_error(caf::sec::request_receiver_down)).code == errc::not_started);
  BOOST_TEST(from_caf(caf::make_error(caf::exit_reason::kill)).code == errc::not_started);
  const auto foreign = from_caf(caf::make_error(caf::pec::unexpected_eof));
  BOOST_TEST(foreign.code == errc::network_error);
  BOOST_TEST(!foreign.text.empty());
}

// A newer peer may know codes that we do not.
BOOST_AUTO_TEST_CASE(take_unknown_codes_for_network_errors) {
  const caf::error newer{200, caf::atom("gossip"), caf::make_message(std::string{"new"})};
  BOOST_TEST((from_caf(newer) == error{errc::network_error, "new"}));
  const caf::error odd{6, caf::atom("gossip"), caf::make_message(42)};
  BOOST_TEST(from_caf(odd).code == errc::timeout);
  BOOST_TEST(from_caf(odd).text.find("42") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
