#include "caf_gossip/state/member_heartbeat.hpp"

#include <limits>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/base/random.hpp"
#include "caf_gossip/state/map_codec.hpp"

using boost::unit_test::description;

namespace caf_gossip::test {

namespace {

using heartbeat = caf_gossip::member_heartbeat;

const heartbeat& sample() {
  static const heartbeat value{{{"a kind", 2},
                                {"B", 0},
                                {"least", std::numeric_limits<std::int64_t>::min()},
                                {"most", std::numeric_limits<std::int64_t>::max()},
                                {"negative", -1},
                                {"\xe5\xb7\xa5\xe4\xba\xba", 0x0102030405060708}}};
  return value;
}

heartbeat of_kinds(std::size_t count) {
  heartbeat result;
  for (std::size_t i = 0; i < count; ++i)
    result.actor_counts["kind " + std::to_string(i)] = static_cast<std::int64_t>(i);
  return result;
}

bool is_refused_or_canonical(const byte_buffer& data) {
  const byte_buffer copy(data.begin(), data.end());
  const auto value = decode_heartbeat(copy);
  return !value || encode_heartbeat(*value) == data;
}

/// Expects a refusal and returns its text.
std::string refusal(const heartbeat& what) {
  const auto result = encode_heartbeat(what);
  BOOST_REQUIRE(!result);
  BOOST_TEST((result.error().code == errc::invalid_argument));
  BOOST_TEST(result.error().text.size() < 1000U);
  return result.error().text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(member_heartbeat)

BOOST_AUTO_TEST_CASE(comes_back_as_it_was_encoded, *description("S5.2.4 S2.6.2")) {
  for (const auto& value : {heartbeat{}, heartbeat{{{"A", 2}, {"B", 0}}}, sample()})
    BOOST_TEST((decode_heartbeat(encode_heartbeat(value).value()) == value));
}

BOOST_AUTO_TEST_CASE(is_a_map_of_counts_with_the_least_byte_first, *description("S5.2.4")) {
  const auto map = decode_map(encode_heartbeat(sample()).value()).value();
  BOOST_TEST((map.at("\xe5\xb7\xa5\xe4\xba\xba") == byte_buffer{8, 7, 6, 5, 4, 3, 2, 1}));
  BOOST_TEST((map.at("negative") == byte_buffer(8, 0xff)));
}

BOOST_AUTO_TEST_CASE(has_at_most_1024_kinds, *description("S5.2.4")) {
  const auto most = of_kinds(actor_kinds_max);
  BOOST_TEST((decode_heartbeat(encode_heartbeat(most).value()) == most));
  const auto text = refusal(of_kinds(actor_kinds_max + 1));
  BOOST_TEST(text.find("1025") == 0U, text);
  BOOST_TEST(text.find("allowed are 1024") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(has_kinds_of_1_to_255_bytes, *description("S5.2.4")) {
  const heartbeat longest{{{std::string(actor_kind_bytes_max, 'k'), 1}}};
  BOOST_TEST((decode_heartbeat(encode_heartbeat(longest).value()) == longest));
  for (const auto size : {std::size_t{0}, actor_kind_bytes_max + 1, std::size_t{1'000'000}}) {
    const auto text = refusal({{{std::string(size, 'k'), 1}}});
    BOOST_TEST(text.find(size == 0 ? "''" : "'kkk") == 0U, text);
    BOOST_TEST(text.find("allowed are 1 to 255 bytes") != std::string::npos, text);
  }
}

BOOST_AUTO_TEST_CASE(is_not_read_from_other_maps, *description("S2.6.2")) {
  const byte_buffer one{1, 0, 0, 0, 0, 0, 0, 0};
  const auto is_read = [](const state_map& map) {
    return decode_heartbeat(encode_map(map)).has_value();
  };
  BOOST_TEST(is_read({{"kind", one}}));
  BOOST_TEST(!is_read({{"", one}}));
  BOOST_TEST(!is_read({{std::string(actor_kind_bytes_max + 1, 'k'), one}}));
  BOOST_TEST(!is_read({{"kind", byte_buffer(7)}}));
  BOOST_TEST(!is_read({{"kind", byte_buffer(9)}}));
  BOOST_TEST(!is_read({{"kind", {}}}));
  state_map many;
  for (std::size_t i = 0; i < actor_kinds_max; ++i)
    many[std::to_string(i)] = one;
  BOOST_TEST(is_read(many));
  many["one more"] = one;
  BOOST_TEST(!is_read(many));
}

BOOST_AUTO_TEST_CASE(is_not_read_from_a_part_or_from_more, *description("S2.6.2")) {
  auto data = encode_heartbeat(sample()).value();
  for (std::size_t size = 0; size < data.size(); ++size)
    BOOST_TEST(!decode_heartbeat(byte_buffer(data.data(), data.data() + size)).has_value());
  data.push_back(0);
  BOOST_TEST(!decode_heartbeat(data).has_value());
}

BOOST_AUTO_TEST_CASE(of_garbage_is_nothing_or_canonical, *description("S2.6.2 S5.2.4")) {
  random_source random{1};
  for (int round = 0; round < 50'000; ++round) {
    byte_buffer data(random.below(60));
    const auto bound = random.below(2) == 0 ? 256U : 3U;
    for (auto& byte : data)
      byte = static_cast<std::uint8_t>(random.below(bound));
    BOOST_REQUIRE(is_refused_or_canonical(data));
  }
}

BOOST_AUTO_TEST_CASE(of_flipped_bits_is_nothing_or_canonical, *description("S2.6.2 S5.2.4")) {
  auto data = encode_heartbeat(sample()).value();
  for (std::size_t bit = 0; bit < 8 * data.size(); ++bit) {
    data[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    BOOST_REQUIRE(is_refused_or_canonical(data));
    data[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace caf_gossip::test
