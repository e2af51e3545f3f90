// PCRE2 for 8-bit code units: the functions are then pcre2_compile_8, pcre2_match_8 and so on.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
