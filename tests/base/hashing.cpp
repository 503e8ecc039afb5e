#include "caf_gossip/base/hashing.hpp"

#include <string>

#include <boost/test/unit_test.hpp>

namespace caf_gossip::tests {

using namespace std::string_view_literals;

BOOST_AUTO_TEST_SUITE(hashing)

// The number is XXH3's for the empty input with seed 0: equal on every platform.
BOOST_AUTO_TEST_CASE(is_the_published_function) {
  BOOST_TEST(hash_bytes(nullptr, 0) == 0x2d06800538d394c2ULL);
  BOOST_TEST(content_hash{}.finish() == 0x2d06800538d394c2ULL);
}

BOOST_AUTO_TEST_CASE(writes_numbers_as_8_bytes_little_endian) {
  constexpr auto bytes = "\x08\x07\x06\x05\x04\x03\x02\x01"sv;
  BOOST_TEST(content_hash{}.add(0x0102030405060708ULL).finish()
             == hash_bytes(bytes.data(), bytes.size()));
}

BOOST_AUTO_TEST_CASE(writes_texts_behind_their_length) {
  constexpr auto bytes = "\x02\0\0\0\0\0\0\0ab"sv;
  BOOST_TEST(content_hash{}.add("ab"sv).finish() == hash_bytes(bytes.data(), bytes.size()));
}

// D17
BOOST_AUTO_TEST_CASE(tells_apart_what_only_the_borders_tell_apart) {
  const auto of = [](std::string_view first, std::string_view second) {
    return content_hash{}.add(first).add(second).finish();
  };
  BOOST_TEST(of("ab", "c") != of("a", "bc"));
  BOOST_TEST(of("", "abc") != of("abc", ""));
  BOOST_TEST(of("a", "b") != of("b", "a"));
  BOOST_TEST(content_hash{}.add("abc"sv).finish() != of("abc", ""));
  BOOST_TEST(content_hash{}.add(std::uint64_t{0}).finish() != content_hash{}.finish());
}

BOOST_AUTO_TEST_CASE(does_not_consume_what_was_added) {
  content_hash sut;
  sut.add("a"sv);
  const auto first = sut.finish();
  BOOST_TEST(first == sut.finish());
  BOOST_TEST(first != sut.add("b"sv).finish());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::tests
