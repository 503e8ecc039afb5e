/// Code of users that throws.
#include "caf_gossip/base/thrown.hpp"

#include <stdexcept>

#include <boost/test/unit_test.hpp>

using namespace caf_gossip;

BOOST_AUTO_TEST_SUITE(thrown)

BOOST_AUTO_TEST_CASE(is_nothing_when_nothing_was) {
  bool was_called = false;
  BOOST_TEST(!thrown_by([&] { was_called = true; }).has_value());
  BOOST_TEST(was_called);
}

BOOST_AUTO_TEST_CASE(is_told_as_a_text_of_bounded_length) {
  BOOST_TEST(thrown_by([] { throw std::runtime_error{"no"}; }).value() == "no");
  BOOST_TEST(thrown_by([] { throw 7; }).value() == "something that is no std::exception");
  const std::string text(thrown_bytes_max + 1, 'x');
  BOOST_TEST(thrown_by([&] { throw std::runtime_error{text}; }).value().size() == thrown_bytes_max);
}

BOOST_AUTO_TEST_SUITE_END()
