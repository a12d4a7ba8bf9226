// libpcap, for the tests only: they compile the socket filters' expressions and compare.
#include <pcap/pcap.h>
