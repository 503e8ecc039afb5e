#include "caf_gossip/base/member_ref.hpp"

#include <boost/test/unit_test.hpp>

namespace caf_gossip::tests {

using ref = caf_gossip::member_ref;

BOOST_AUTO_TEST_SUITE(member_ref)

BOOST_AUTO_TEST_CASE(prints_id_incarnation_and_address) {
  BOOST_TEST(to_string(ref{"n1", 7, {"10.0.0.1", 80}}) == "n1#7@10.0.0.1:80");
  BOOST_TEST(to_string(ref{"n1", 7, {"::1", 80}}) == "n1#7@[::1]:80");
}

BOOST_AUTO_TEST_CASE(is_ordered_by_id_then_incarnation_then_address) {
  BOOST_TEST((ref{"a", 9, {"z", 9}} < ref{"b", 1, {"a", 1}}));
  BOOST_TEST((ref{"a", 1, {"z", 9}} < ref{"a", 2, {"a", 1}}));
  BOOST_TEST((ref{"a", 1, {"a", 9}} < ref{"a", 1, {"b", 1}}));
  BOOST_TEST((ref{"a", 1, {"a", 1}} == ref{"a", 1, {"a", 1}}));
}

BOOST_AUTO_TEST_CASE(has_an_id_of_1_to_128_bytes_without_control_characters) {
  BOOST_TEST(is_valid_node_id("n"));
  BOOST_TEST(is_valid_node_id("N\xc3\xbc"));
  BOOST_TEST(is_valid_node_id(node_id(node_id_bytes_max, 'n')));
  BOOST_TEST(!is_valid_node_id(""));
  BOOST_TEST(!is_valid_node_id(node_id(node_id_bytes_max + 1, 'n')));
  for (int c = 0; c < 0x20; ++c)
    BOOST_TEST(!is_valid_node_id(node_id{"a"} + static_cast<char>(c)));
  BOOST_TEST(!is_valid_node_id("a\x7f"));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
