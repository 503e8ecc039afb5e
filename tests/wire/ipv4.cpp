#include "caf_gossip/wire/ipv4.hpp"

#include <boost/test/unit_test.hpp>

using namespace caf_gossip::wire;

BOOST_AUTO_TEST_SUITE(ipv4)

BOOST_AUTO_TEST_CASE(is_read_from_its_only_shortest_form) {
  BOOST_TEST(ipv4_number("1.2.3.4") == 0x01020304U);
  BOOST_TEST(ipv4_number("255.255.255.255") == 0xffffffffU);
  BOOST_TEST(ipv4_number("0.0.0.1") == 1U);
}

BOOST_AUTO_TEST_CASE(leaves_everything_else_a_text) {
  for (const auto* host : {"", "0.0.0.0", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", "256.1.1.1",
                           "01.2.3.4", "1.2.3.00", "1.2.3.-4", "1.2.3.+4", " 1.2.3.4", "1.2.3.4 ",
                           "1..3.4", "::1", "localhost", "1.2.3.4%eth0", "1.2.3.999999999999"})
    BOOST_TEST(ipv4_number(host) == 0U, host);
}

BOOST_AUTO_TEST_CASE(is_written_as_it_was_read) {
  for (const auto* host : {"1.2.3.4", "255.255.255.255", "127.0.0.1", "10.0.200.30", "0.0.0.1"})
    BOOST_TEST(ipv4_host(ipv4_number(host)) == host);
}

BOOST_AUTO_TEST_SUITE_END()
