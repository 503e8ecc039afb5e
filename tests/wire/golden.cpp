/// The bytes of every sample, as they were when the format was released. A difference means that
/// this version no longer understands that one.
///
/// After adding a sample, or raising the minor version:
///     CAF_GOSSIP_WRITE_GOLDEN=1 ctest -R wire.golden
///
/// golden/<major>.<minor>/ has the bytes of earlier versions. They are never written again.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <span>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "caf_gossip/wire/codec.hpp"
#include "tests/support/wire_samples.hpp"
#include "tests/wire/sealing.hpp"

using namespace caf_gossip;
using namespace caf_gossip::test;

namespace {

constexpr auto hint = "; if the change is intended: CAF_GOSSIP_WRITE_GOLDEN=1 ctest -R wire.golden";

const std::string golden_folder = CAF_GOSSIP_SOURCE_DIR "/tests/wire/golden";

std::string file_of(const std::string& name) {
  return golden_folder + "/" + name + ".hex";
}

/// Returns the samples by name.
std::map<std::string, wire::frame> messages() {
  std::map<std::string, wire::frame> result;
  for (auto& [name, message] : wire_samples())
    result.emplace(name, std::move(message));
  return result;
}

/// Returns 16 bytes per line, so that differences are easy to see.
std::string to_hex(const wire::bytes& data) {
  constexpr auto digits = "0123456789abcdef";
  std::string result;
  for (std::size_t i = 0; i < data.size(); ++i) {
    result += {digits[data[i] >> 4U], digits[data[i] & 15U]};
    result += i % 16 == 15 || i + 1 == data.size() ? '\n' : ' ';
  }
  return result;
}

wire::bytes from_hex(const std::string& text) {
  std::istringstream in{text};
  in >> std::hex;
  wire::bytes result;
  for (unsigned byte = 0; in >> byte;)
    result.push_back(static_cast<std::uint8_t>(byte));
  return result;
}

std::string read_file(const std::string& path) {
  std::ifstream in{path};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Reads the bytes of an earlier minor version and compares what they mean with the samples.
/// Returns how many there are.
std::size_t check_version(unsigned minor) {
  const auto known = messages();
  const auto folder = golden_folder + "/1." + std::to_string(minor);
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator{folder}) {
    const auto data = from_hex(read_file(file.path()));
    const auto name = file.path().stem().string();
    BOOST_TEST_REQUIRE(known.contains(name), name);
    BOOST_TEST_REQUIRE(data.size() > wire::header_bytes, name);
    BOOST_TEST((data[4] == 1 && data[5] == minor), name);
    BOOST_TEST((wire::decode(data, frame_bytes_max) == known.at(name)), name);
    ++count;
  }
  return count;
}

} // namespace

BOOST_AUTO_TEST_SUITE(golden)

BOOST_AUTO_TEST_CASE(bytes_are_written_as_ever, *boost::unit_test::description("S4.7")) {
  const bool write = std::getenv("CAF_GOSSIP_WRITE_GOLDEN") != nullptr;
  for (const auto& [name, message] : wire_samples()) {
    const auto text = to_hex(wire::encode(message, frame_bytes_max).value());
    if (write)
      std::ofstream{file_of(name)} << text;
    BOOST_TEST((read_file(file_of(name)) == text), file_of(name) + " differs" + hint);
  }
}

BOOST_AUTO_TEST_CASE(bytes_are_read_as_ever, *boost::unit_test::description("S4.7")) {
  for (const auto& [name, message] : wire_samples()) {
    const auto data = from_hex(read_file(file_of(name)));
    BOOST_TEST((wire::decode(data, frame_bytes_max) == message),
               file_of(name) + " is read differently" + hint);
  }
}

BOOST_AUTO_TEST_CASE(bytes_of_version_1_0_still_mean_the_same,
                     *boost::unit_test::description("S4.7")) {
  BOOST_TEST(check_version(0) == 27U);
}

BOOST_AUTO_TEST_CASE(bytes_of_version_1_1_still_mean_the_same,
                     *boost::unit_test::description("S4.7")) {
  BOOST_TEST(check_version(1) == 30U);
}

BOOST_AUTO_TEST_CASE(bytes_of_version_1_2_still_mean_the_same,
                     *boost::unit_test::description("S4.7")) {
  BOOST_TEST(check_version(2) == 50U);
}

// Only the minor version and the checksum differ, so what is new costs nothing when it is absent.
BOOST_AUTO_TEST_CASE(bodies_of_earlier_versions_are_written_as_ever,
                     *boost::unit_test::description("S4.7")) {
  const auto known = messages();
  for (const auto* version : {"/1.1", "/1.2"})
    for (const auto& file : std::filesystem::directory_iterator{golden_folder + version}) {
      const auto old = from_hex(read_file(file.path()));
      const auto name = file.path().stem().string();
      const auto data = wire::encode(known.at(name), frame_bytes_max).value();
      BOOST_TEST((std::ranges::equal(std::span{old}.subspan(wire::header_bytes),
                                     std::span{data}.subspan(wire::header_bytes))),
                 name);
    }
}

BOOST_AUTO_TEST_SUITE_END()
