#include <stdint.h>
#include <string.h>

#include "ckernels.h"

#if defined(__SSE2__)
#include <immintrin.h>
#endif

// How common a byte is in text, by a rough order of English letters; the search looks for the two rarest
// bytes of the needle.
static const uint8_t commonness[256] = {
    [' '] = 30, ['e'] = 29, ['t'] = 28, ['a'] = 27, ['o'] = 26, ['i'] = 25, ['n'] = 24, ['s'] = 23,
    ['h'] = 22, ['r'] = 21, ['d'] = 20, ['l'] = 19, ['u'] = 18, ['c'] = 17, ['m'] = 16, ['w'] = 15,
    ['f'] = 14, ['g'] = 13, ['y'] = 12, ['p'] = 11, ['b'] = 10, ['k'] = 9,  ['v'] = 8,  ['x'] = 3,
    ['j'] = 3,  ['q'] = 2,  ['z'] = 2,
};

static inline uint8_t lowered(uint8_t byte) { return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte; }

static int same(const uint8_t *text, const uint8_t *needle, size_t n, int fold) {
  if (!fold) return memcmp(text, needle, n) == 0;
  for (size_t i = 0; i < n; i++)
    if (lowered(text[i]) != needle[i]) return 0;
  return 1;
}

#if defined(__SSE2__)
// Two bytes of the needle, at p and q, are compared at many places at once; where both fit, the rest is
// looked at. Moves *at on and gives the place of the needle, or SIZE_MAX.
#define CK_SCAN(NAME, TARGET, VECTOR, WIDTH, LOAD, SET, EQUAL, OR, AND, MASK)                              \
  TARGET static size_t NAME(const uint8_t *text, size_t *at, size_t last, const uint8_t *needle, size_t n, \
                            int fold, size_t p, size_t q) {                                                \
    const VECTOR want_p = SET((char)needle[p]), want_q = SET((char)needle[q]);                             \
    const VECTOR bit_p = SET(fold && needle[p] >= 'a' && needle[p] <= 'z' ? 0x20 : 0);                     \
    const VECTOR bit_q = SET(fold && needle[q] >= 'a' && needle[q] <= 'z' ? 0x20 : 0);                     \
    for (; *at + (WIDTH - 1) <= last; *at += WIDTH) {                                                      \
      const VECTOR a = LOAD((const VECTOR *)(text + *at + p));                                             \
      const VECTOR b = LOAD((const VECTOR *)(text + *at + q));                                             \
      unsigned fits = (unsigned)MASK(AND(EQUAL(OR(a, bit_p), want_p), EQUAL(OR(b, bit_q), want_q)));       \
      for (; fits; fits &= fits - 1) {                                                                     \
        const size_t place = *at + (size_t)__builtin_ctz(fits);                                            \
        if (same(text + place, needle, n, fold)) return place;                                             \
      }                                                                                                    \
    }                                                                                                      \
    return SIZE_MAX;                                                                                       \
  }
CK_SCAN(scan16, , __m128i, 16, _mm_loadu_si128, _mm_set1_epi8, _mm_cmpeq_epi8, _mm_or_si128, _mm_and_si128,
        _mm_movemask_epi8)
CK_SCAN(scan32, __attribute__((target("avx2"))), __m256i, 32, _mm256_loadu_si256, _mm256_set1_epi8,
        _mm256_cmpeq_epi8, _mm256_or_si256, _mm256_and_si256, _mm256_movemask_epi8)
#endif

size_t ck_find(const uint8_t *text, size_t length, size_t from, const uint8_t *needle, size_t n, int fold) {
  if (n == 0) return from <= length ? from : length;
  if (length < n || from > length - n) return length;
  const size_t last = length - n;  // the last place where the needle can begin
  size_t at = from;
#if defined(__SSE2__)
  if (last - from >= 15) {
    size_t p = 0;
    for (size_t i = 1; i < n; i++)
      if (commonness[needle[i]] < commonness[needle[p]]) p = i;
    size_t q = p == 0 ? n - 1 : 0;
    for (size_t i = 0; i < n; i++)
      if (i != p && commonness[needle[i]] < commonness[needle[q]]) q = i;
    size_t place = SIZE_MAX;
    if (ck_best_level() >= CK_LEVEL_V3) place = scan32(text, &at, last, needle, n, fold, p, q);
    if (place == SIZE_MAX) place = scan16(text, &at, last, needle, n, fold, p, q);
    if (place != SIZE_MAX) return place;
  }
#endif
  for (; at <= last; at++)
    if (same(text + at, needle, n, fold)) return at;
  return length;
}
