#include "caf_gossip/net/framing.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "tests/support/net_frames.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;

namespace {

constexpr std::size_t limit = 1U << 20U;

wire::bytes encoded(std::uint64_t number) {
  return wire::encode(frame_from({"127.0.0.1", 1}, heartbeat{number, {}}), limit).value();
}

wire::bytes encoded_stream(std::uint64_t count) {
  wire::bytes result;
  for (std::uint64_t i = 1; i <= count; ++i) {
    const auto data = encoded(i);
    result.insert(result.end(), data.begin(), data.end());
  }
  return result;
}

/// Decodes all frames that are complete now; they must be numbered onwards from `next`.
void take_all(net::frame_reader& reader, std::uint64_t& next) {
  for (;;) {
    const auto frame = reader.next();
    BOOST_REQUIRE(frame);
    if (!*frame)
      return;
    const auto decoded = wire::decode(**frame, limit);
    BOOST_REQUIRE(decoded);
    BOOST_TEST(number_in(*decoded) == next++);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(framing)

BOOST_AUTO_TEST_CASE(cuts_frames_wherever_reads_end) {
  const auto stream = encoded_stream(20);
  for (const std::size_t step : {1U, 7U, 24U, 100U, 1000U, 100000U}) {
    net::frame_reader reader{limit};
    std::uint64_t next = 1;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      reader.append(std::span{stream}.subspan(at, std::min(step, stream.size() - at)));
      take_all(reader, next);
    }
    BOOST_TEST(next == 21U);
    BOOST_TEST(!reader.holds_partial());
  }
}

BOOST_AUTO_TEST_CASE(says_when_a_frame_is_half_there) {
  const auto data = encoded(1);
  net::frame_reader reader{limit};
  BOOST_TEST(!reader.holds_partial());
  reader.append(std::span{data}.first(data.size() - 1));
  BOOST_TEST(!reader.next().value().has_value());
  BOOST_TEST(reader.holds_partial());
  reader.append(std::span{data}.last(1));
  BOOST_TEST(reader.next().value().has_value());
  BOOST_TEST(!reader.holds_partial());
}

BOOST_AUTO_TEST_CASE(gives_up_on_what_is_no_frame_with_the_first_bytes) {
  const wire::bytes garbage{'G', 'E', 'T', ' '};
  net::frame_reader reader{limit};
  reader.append(garbage);
  const auto result = reader.next();
  BOOST_REQUIRE(!result);
  BOOST_TEST((result.error() == wire::decode_error::wrong_magic));
}

BOOST_AUTO_TEST_CASE(takes_the_frames_in_front_of_garbage) {
  auto stream = encoded_stream(3);
  stream.insert(stream.end(), {'?', '?', '?', '?'});
  net::frame_reader reader{limit};
  reader.append(stream);
  for (int i = 0; i < 3; ++i)
    BOOST_TEST(reader.next().value().has_value());
  BOOST_TEST(!reader.next());
}

BOOST_AUTO_TEST_CASE(allocates_nothing_for_an_announced_length) {
  auto data = encoded(1);
  // The length stands behind magic, version and flags, little-endian; this one says 1 GiB.
  data[8] = data[9] = data[10] = 0;
  data[11] = 0x40;
  net::frame_reader reader{limit};
  reader.append(data);
  const auto result = reader.next();
  BOOST_REQUIRE(!result);
  BOOST_TEST((result.error() == wire::decode_error::too_large));
  BOOST_TEST(reader.capacity() <= 2 * data.size());
}

BOOST_AUTO_TEST_CASE(grows_with_what_came_and_not_with_what_was_announced) {
  const auto data = wire::encode(large_frame_from({"127.0.0.1", 1}, 500'000), limit).value();
  net::frame_reader reader{limit};
  reader.append(std::span{data}.first(100));
  BOOST_TEST(!reader.next().value().has_value());
  BOOST_TEST(reader.capacity() <= 200U);
}

BOOST_AUTO_TEST_CASE(holds_next_to_nothing_when_idle) {
  const auto data = wire::encode(large_frame_from({"127.0.0.1", 1}, 500'000), limit).value();
  net::frame_reader reader{limit};
  reader.append(data);
  BOOST_TEST(reader.next().value().has_value());
  BOOST_TEST(reader.capacity() >= data.size());
  BOOST_TEST(!reader.next().value().has_value());
  BOOST_TEST(reader.capacity() <= 4096U);
}

BOOST_AUTO_TEST_SUITE_END()
