/// Texts from outside in error messages.
#include "caf_gossip/base/printable.hpp"

#include <boost/test/unit_test.hpp>

using namespace caf_gossip;

BOOST_AUTO_TEST_SUITE(printable)

BOOST_AUTO_TEST_CASE(keeps_what_can_be_printed) {
  BOOST_TEST(caf_gossip::printable("").empty());
  BOOST_TEST(caf_gossip::printable("a b~\xc3\xa4") == "a b~\xc3\xa4");
}

BOOST_AUTO_TEST_CASE(has_no_control_characters) {
  BOOST_TEST(caf_gossip::printable(std::string_view{"a\0b\x1f\x7f\n", 6}) == "a?b???");
}

BOOST_AUTO_TEST_CASE(is_cut_behind_its_bound) {
  const std::string longest(repeated_bytes_max, 'x');
  BOOST_TEST(caf_gossip::printable(longest) == longest);
  BOOST_TEST(caf_gossip::printable(longest + "y") == longest + "...");
}

BOOST_AUTO_TEST_SUITE_END()
