#include <string.h>

#include "ckernels.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

// How common a byte is in text, by a rough order: the search looks for the two rarest bytes of the needle.
static int commonness(uint8_t byte) {
  static const char order[] = " etaoinshrdlucmfwygpbvk";
  const char *place = byte ? strchr(order, byte | (byte >= 'A' && byte <= 'Z' ? 0x20 : 0)) : NULL;
  if (place) return (int)(sizeof order) - (int)(place - order);
  return byte >= 0x80 ? 1 : 0;
}

static inline uint8_t lowered(uint8_t byte) { return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte; }

static int same(const uint8_t *text, const uint8_t *needle, size_t n, int fold) {
  if (!fold) return memcmp(text, needle, n) == 0;
  for (size_t i = 0; i < n; i++)
    if (lowered(text[i]) != needle[i]) return 0;
  return 1;
}

size_t ck_find(const uint8_t *text, size_t length, size_t from, const uint8_t *needle, size_t n, int fold) {
  if (n == 0) return from <= length ? from : length;
  if (length < n || from > length - n) return length;
  const size_t last = length - n;  // the last place where the needle can begin
  size_t at = from;
#if defined(__SSE2__)
  // Two bytes of the needle are compared at 16 places at once; where both fit, the rest is looked at.
  size_t p = 0, q = n - 1;
  for (size_t i = 1; i < n; i++)
    if (commonness(needle[i]) < commonness(needle[p])) p = i;
  if (q == p) q = 0;
  for (size_t i = 0; i < n; i++)
    if (i != p && commonness(needle[i]) < commonness(needle[q])) q = i;
  const int letter_p = fold && needle[p] >= 'a' && needle[p] <= 'z';
  const int letter_q = fold && needle[q] >= 'a' && needle[q] <= 'z';
  const __m128i want_p = _mm_set1_epi8((char)needle[p]), want_q = _mm_set1_epi8((char)needle[q]);
  const __m128i bit_p = _mm_set1_epi8(letter_p ? 0x20 : 0), bit_q = _mm_set1_epi8(letter_q ? 0x20 : 0);
  while (at + 15 <= last) {
    const __m128i a = _mm_loadu_si128((const __m128i *)(text + at + p));
    const __m128i b = _mm_loadu_si128((const __m128i *)(text + at + q));
    unsigned fits = (unsigned)_mm_movemask_epi8(_mm_and_si128(
        _mm_cmpeq_epi8(_mm_or_si128(a, bit_p), want_p), _mm_cmpeq_epi8(_mm_or_si128(b, bit_q), want_q)));
    while (fits) {
      const size_t place = at + (size_t)__builtin_ctz(fits);
      if (same(text + place, needle, n, fold)) return place;
      fits &= fits - 1;
    }
    at += 16;
  }
#endif
  for (; at <= last; at++)
    if (same(text + at, needle, n, fold)) return at;
  return length;
}
