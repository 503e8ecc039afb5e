#define BOOST_TEST_MODULE caf_gossip
#include <boost/test/unit_test.hpp>
