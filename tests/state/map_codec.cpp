#include "caf_gossip/state/map_codec.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/random.hpp"

using namespace caf_gossip;
using namespace std::string_literals;
using boost::unit_test::description;

namespace {

byte_buffer bytes(std::string_view text) {
  return {text.begin(), text.end()};
}

const state_map& sample() {
  static const state_map map{{"", {}}, {"a", {1, 2, 3}}, {"b\0c"s, {0xff}}, {"\xc3\xb6", {0, 0}}};
  return map;
}

state_map random_map(random_source& random) {
  state_map result;
  for (auto count = random.below(6); count > 0; --count) {
    std::string key(random.below(4), 'x');
    for (auto& c : key)
      c = static_cast<char>(random.below(256));
    result[key].assign(random.below(5), static_cast<std::uint8_t>(random.below(256)));
  }
  return result;
}

/// What is decoded is exactly what was encoded. The copy ends where the bytes end, so that the
/// address sanitizer sees every access behind them.
bool is_refused_or_canonical(const byte_buffer& data) {
  const byte_buffer copy(data.begin(), data.end());
  const auto map = decode_map(copy);
  return !map || encode_map(*map) == data;
}

} // namespace

BOOST_AUTO_TEST_SUITE(map_codec)

BOOST_AUTO_TEST_CASE(gives_back_what_was_encoded, *description("S5.1.1")) {
  BOOST_TEST((decode_map(encode_map({})) == state_map{}));
  BOOST_TEST((decode_map(encode_map(sample())) == sample()));
  const state_map large{{std::string(65'536, 'k'), byte_buffer(1'000'000, 7)}};
  BOOST_TEST((decode_map(encode_map(large)) == large));
  random_source random{1};
  for (int round = 0; round < 1000; ++round) {
    const auto map = random_map(random);
    BOOST_REQUIRE((decode_map(encode_map(map)) == map));
  }
}

BOOST_AUTO_TEST_CASE(writes_the_bytes_that_it_documents) {
  BOOST_TEST((encode_map({}) == byte_buffer{1, 0, 0, 0, 0}));
  BOOST_TEST(
      (encode_map({{"b", {}}, {"a", {9, 8}}}) == byte_buffer{1, 2, 0, 0, 0,                     //
                                                             1, 0, 0, 0, 'a', 2, 0, 0, 0, 9, 8, //
                                                             1, 0, 0, 0, 'b', 0, 0, 0, 0}));
  const auto large = encode_map({{"", byte_buffer(0x010203, 0)}});
  BOOST_TEST((byte_buffer(large.begin() + 9, large.begin() + 13) == byte_buffer{3, 2, 1, 0}));
}

BOOST_AUTO_TEST_CASE(writes_equal_maps_alike_whatever_was_done_to_them) {
  state_map map{{"z", {1}}, {"b", {2}}, {"x", {3}}};
  map.erase("z");
  map["a"] = {4};
  map["b"] = {5};
  BOOST_TEST((encode_map(map) == encode_map({{"a", {4}}, {"b", {5}}, {"x", {3}}})));
}

BOOST_AUTO_TEST_CASE(refuses_every_beginning_and_every_continuation, *description("S2.6.2")) {
  auto data = encode_map(sample());
  for (std::size_t size = 0; size < data.size(); ++size)
    BOOST_TEST(!decode_map(byte_buffer(data.data(), data.data() + size)).has_value());
  data.push_back(0);
  BOOST_TEST(!decode_map(data).has_value());
}

BOOST_AUTO_TEST_CASE(refuses_other_versions) {
  auto data = encode_map(sample());
  for (const int version : {0, 2, 255}) {
    data[0] = static_cast<std::uint8_t>(version);
    BOOST_TEST(!decode_map(data).has_value());
  }
}

BOOST_AUTO_TEST_CASE(refuses_keys_out_of_order_and_twice) {
  const byte_buffer a{1, 0, 0, 0, 'a', 0, 0, 0, 0};
  const byte_buffer b{1, 0, 0, 0, 0xff, 0, 0, 0, 0};
  const auto decoded = [](std::initializer_list<byte_buffer> entries) {
    byte_buffer data{1, 2, 0, 0, 0};
    for (const auto& entry : entries)
      std::copy(entry.begin(), entry.end(), std::back_inserter(data));
    return decode_map(data).has_value();
  };
  BOOST_TEST(decoded({a, b})); // bytes are unsigned
  BOOST_TEST(!decoded({b, a}));
  BOOST_TEST(!decoded({a, a}));
  BOOST_TEST(!decoded({a, a, b})); // not even where two different ones would make up the count
}

BOOST_AUTO_TEST_CASE(refuses_lengths_beyond_the_bytes_without_allocating_them) {
  // The count of entries, the length of a key, the length of a value.
  BOOST_TEST(!decode_map({1, 0xff, 0xff, 0xff, 0xff}).has_value());
  BOOST_TEST(!decode_map({1, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 'a'}).has_value());
  BOOST_TEST(!decode_map({1, 1, 0, 0, 0, 1, 0, 0, 0, 'a', 0xff, 0xff, 0xff, 0xff}).has_value());
  BOOST_TEST(!decode_map({1, 1, 0, 0, 0, 1, 0, 0, 0, 'a', 2, 0, 0, 0, 7}).has_value());
  BOOST_TEST(decode_map({1, 1, 0, 0, 0, 1, 0, 0, 0, 'a', 1, 0, 0, 0, 7}).has_value());
}

BOOST_AUTO_TEST_CASE(refuses_texts) {
  for (const std::string_view text : {"", "1", "a plain value", "\x01", "{\"a\": 1}"})
    BOOST_TEST(!decode_map(bytes(text)).has_value());
}

BOOST_AUTO_TEST_CASE(of_garbage_is_nothing_or_canonical, *description("S2.6.2")) {
  random_source random{2};
  std::size_t accepted = 0;
  for (int round = 0; round < 50'000; ++round) {
    byte_buffer data(random.below(40));
    // Small numbers pass for lengths.
    const auto bound = random.below(2) == 0 ? 256U : 3U;
    for (auto& byte : data)
      byte = static_cast<std::uint8_t>(random.below(bound));
    if (data.size() > 4 && random.below(2) == 0)
      std::fill(data.begin() + 2, data.begin() + 5, std::uint8_t{0});
    BOOST_REQUIRE(is_refused_or_canonical(data));
    accepted += decode_map(data).has_value();
  }
  BOOST_TEST(accepted > 0U);
}

BOOST_AUTO_TEST_CASE(of_flipped_bits_is_nothing_or_canonical, *description("S2.6.2")) {
  random_source random{3};
  for (int round = 0; round < 300; ++round) {
    auto data = encode_map(random_map(random));
    for (std::size_t bit = 0; bit < 8 * data.size(); ++bit) {
      data[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      BOOST_REQUIRE(is_refused_or_canonical(data));
      data[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
