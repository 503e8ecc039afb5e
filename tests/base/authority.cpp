#include "caf_gossip/base/authority.hpp"

#include <string>

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

namespace caf_gossip::tests {

using endpoint = caf_gossip::authority;
using namespace std::string_literals;
namespace data = boost::unit_test::data;

BOOST_AUTO_TEST_SUITE(authority)

// S1.1.1
BOOST_AUTO_TEST_CASE(is_read_from_names_and_both_kinds_of_addresses) {
  BOOST_TEST((parse_authority("localhost:1") == endpoint{"localhost", 1}));
  BOOST_TEST(
      (parse_authority("node-3.shop_a.example:65535") == endpoint{"node-3.shop_a.example", 65535}));
  BOOST_TEST((parse_authority("10.0.0.7:4711") == endpoint{"10.0.0.7", 4711}));
  BOOST_TEST((parse_authority("[::1]:4711") == endpoint{"::1", 4711}));
  BOOST_TEST((parse_authority("[fe80::1%eth0]:1") == endpoint{"fe80::1%eth0", 1}));
  BOOST_TEST((parse_authority("0.0.0.0:0") == endpoint{"0.0.0.0", 0}));
}

// S1.1.2
BOOST_DATA_TEST_CASE(is_refused_with_the_text_and_what_is_allowed,
                     data::make({""s,
                                 ":"s,
                                 "host"s,
                                 "host:"s,
                                 ":1"s,
                                 "host:65536"s,
                                 "host:-1"s,
                                 "host:+1"s,
                                 "host: 1"s,
                                 "host:1x"s,
                                 "host:99999999999999999999"s,
                                 "::1:80"s,
                                 "[::1]"s,
                                 "[]:1"s,
                                 "[host]:1"s,
                                 "[::1:80"s,
                                 "::1]:80"s,
                                 "ho st:1"s,
                                 "http://host:1"s,
                                 "host\n:1"s,
                                 "h\xc3\xb6st:1"s,
                                 "[[::1]]:1"s,
                                 "a:b:1"s,
                                 std::string(256, 'h') + ":1",
                                 "host\0:1"s}),
                     text) {
  const auto result = parse_authority(text);
  BOOST_REQUIRE(!result);
  BOOST_TEST(to_string(result.error().code) == "invalid_config");
  BOOST_TEST(result.error().text.find("'" + text + "'") == 0U);
  BOOST_TEST(result.error().text.find("[ipv6]:port") != std::string::npos);
}

BOOST_DATA_TEST_CASE(is_printed_as_it_is_read,
                     data::make({"host:1"s, "1.2.3.4:80"s, "[::1]:65535"s, "[2001:db8::7]:0"s}),
                     text) {
  BOOST_TEST(to_string(parse_authority(text).value()) == text);
}

BOOST_AUTO_TEST_CASE(accepts_the_longest_host) {
  BOOST_TEST(parse_authority(std::string(host_bytes_max, 'h') + ":1").has_value());
}

BOOST_AUTO_TEST_CASE(can_be_sent_to_with_a_host_and_a_port) {
  BOOST_TEST(is_reachable({"host", 1}));
  BOOST_TEST(is_reachable({"::1", 65535}));
  BOOST_TEST(!is_reachable({"host", 0}));
  BOOST_TEST(!is_reachable({"", 1}));
  BOOST_TEST(!is_reachable({"a host", 1}));
  BOOST_TEST(!is_reachable({std::string(host_bytes_max + 1, 'h'), 1}));
}

BOOST_AUTO_TEST_CASE(is_ordered_by_host_then_port) {
  BOOST_TEST((endpoint{"a", 9} < endpoint{"b", 1}));
  BOOST_TEST((endpoint{"a", 1} < endpoint{"a", 2}));
  BOOST_TEST((endpoint{"a", 1} == endpoint{"a", 1}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
