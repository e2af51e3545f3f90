// Hashes: the two that spaCy's models are addressed by, one against damage, and SHA-256.
#include <string.h>

#include "ckernels.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

static uint64_t word(const uint8_t *bytes) {
  uint64_t value = 0;
  for (int i = 7; i >= 0; i--) value = value << 8 | bytes[i];
  return value;
}

// Source: MurmurHash2, 64-bit version A (Austin Appleby, public domain); spaCy uses seed 1.
uint64_t ck_string_id(const uint8_t *bytes, size_t count) {
  const uint64_t m = 0xc6a4a7935bd1e995;
  uint64_t h = 1 ^ ((uint64_t)count * m);
  size_t whole = count / 8;
  for (size_t i = 0; i < whole; i++) {
    uint64_t k = word(bytes + i * 8) * m;
    k = (k ^ (k >> 47)) * m;
    h = (h ^ k) * m;
  }
  size_t rest = count % 8;
  if (rest) {
    uint64_t tail = 0;
    for (size_t i = rest; i > 0; i--) tail = tail << 8 | bytes[whole * 8 + i - 1];
    h = (h ^ tail) * m;
  }
  h = (h ^ (h >> 47)) * m;
  return h ^ (h >> 47);
}

static uint64_t mix(uint64_t h) {
  h = (h ^ (h >> 33)) * 0xff51afd7ed558ccd;
  h = (h ^ (h >> 33)) * 0xc4ceb9fe1a85ec53;
  return h ^ (h >> 33);
}

// Source: MurmurHash3 x64-128 of an 8-byte key (Austin Appleby, public domain), as thinc's HashEmbed.
void ck_hash_embed(const float *table, size_t rows, size_t width, uint32_t seed, uint64_t id,
                   float *out) {
  uint64_t h1 = id * 0x87c37b91114253d5;
  h1 = (h1 << 31 | h1 >> 33) * 0x4cf5ad432745937f;
  h1 ^= seed;
  h1 ^= 8;
  uint64_t h2 = (uint64_t)seed ^ 8;
  h1 += h2;
  h2 += h1;
  h1 = mix(h1);
  h2 = mix(h2);
  h1 += h2;
  h2 += h1;
  const uint32_t parts[4] = {(uint32_t)h1, (uint32_t)(h1 >> 32), (uint32_t)h2, (uint32_t)(h2 >> 32)};
  const float *a = table + parts[0] % rows * width, *b = table + parts[1] % rows * width;
  const float *c = table + parts[2] % rows * width, *d = table + parts[3] % rows * width;
  for (size_t i = 0; i < width; i++) out[i] = ((a[i] + b[i]) + c[i]) + d[i];
}

uint64_t ck_checksum(const uint8_t *bytes, size_t count) {
  const uint64_t m = 0x9e3779b97f4a7c15;
  uint64_t lane[4] = {1, 2, 3, 4};
  size_t i = 0;
  for (; i + 32 <= count; i += 32)
    for (int l = 0; l < 4; l++) {
      uint64_t value;
      memcpy(&value, bytes + i + l * 8, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
      value = __builtin_bswap64(value);
#endif
      lane[l] = (lane[l] ^ value) * m;
      lane[l] ^= lane[l] >> 29;
    }
  uint64_t h = count;
  for (int l = 0; l < 4; l++) h = mix((h ^ lane[l]) * m);
  for (; i < count; i++) h = mix((h ^ bytes[i]) * m);
  return h;
}

static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t turn(uint32_t x, int by) { return x >> by | x << (32 - by); }

static void absorb(ck_sha256 *hash, const uint8_t *block) {
  uint32_t w[64];
  for (int i = 0; i < 16; i++)
    w[i] = (uint32_t)block[i * 4] << 24 | (uint32_t)block[i * 4 + 1] << 16 |
           (uint32_t)block[i * 4 + 2] << 8 | block[i * 4 + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t a = turn(w[i - 15], 7) ^ turn(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t b = turn(w[i - 2], 17) ^ turn(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + a + w[i - 7] + b;
  }
  uint32_t s[8];
  memcpy(s, hash->state, sizeof s);
  for (int i = 0; i < 64; i++) {
    uint32_t e = turn(s[4], 6) ^ turn(s[4], 11) ^ turn(s[4], 25);
    uint32_t choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
    uint32_t one = s[7] + e + choice + round_constants[i] + w[i];
    uint32_t a = turn(s[0], 2) ^ turn(s[0], 13) ^ turn(s[0], 22);
    uint32_t two = a + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
    for (int j = 7; j > 0; j--) s[j] = s[j - 1];
    s[4] += one;
    s[0] = one + two;
  }
  for (int i = 0; i < 8; i++) hash->state[i] += s[i];
}

#if defined(__x86_64__)
// The same by the processor's own instructions: two rounds each, over the state as (ABEF, CDGH).
__attribute__((target("sha,sse4.1"))) static void absorb_by_instructions(uint32_t state[8], const uint8_t *bytes,
                                                                         size_t blocks) {
  const __m128i order = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
  __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xB1);
  __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1B);
  __m128i abef = _mm_alignr_epi8(low, high, 8);
  __m128i cdgh = _mm_blend_epi16(high, low, 0xF0);
  for (; blocks > 0; blocks--, bytes += 64) {
    const __m128i first = abef, second = cdgh;
    __m128i w[4];
    for (int i = 0; i < 4; i++)
      w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(bytes + i * 16)), order);
    for (int i = 0; i < 16; i++) {
      __m128i sum = _mm_add_epi32(w[i % 4], _mm_loadu_si128((const __m128i *)(round_constants + i * 4)));
      cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sum);
      abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sum, 0x0E));
      if (i < 12) {
        __m128i next = _mm_sha256msg1_epu32(w[i % 4], w[(i + 1) % 4]);
        next = _mm_add_epi32(next, _mm_alignr_epi8(w[(i + 3) % 4], w[(i + 2) % 4], 4));
        w[i % 4] = _mm_sha256msg2_epu32(next, w[(i + 3) % 4]);
      }
    }
    abef = _mm_add_epi32(abef, first);
    cdgh = _mm_add_epi32(cdgh, second);
  }
  low = _mm_shuffle_epi32(abef, 0x1B);
  high = _mm_shuffle_epi32(cdgh, 0xB1);
  _mm_storeu_si128((__m128i *)state, _mm_blend_epi16(low, high, 0xF0));
  _mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(high, low, 8));
}

static int has_sha_instructions(void) {
  static int known = -1;
  if (known < 0) {
    unsigned a, b = 0, c = 0, d;
    int has_sse41 = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_1) != 0;
    known = has_sse41 && __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA) != 0;
  }
  return known;
}
#endif

static void absorb_all(ck_sha256 *hash, const uint8_t *bytes, size_t blocks) {
#if defined(__x86_64__)
  if (has_sha_instructions()) {
    absorb_by_instructions(hash->state, bytes, blocks);
    return;
  }
#endif
  for (; blocks > 0; blocks--, bytes += 64) absorb(hash, bytes);
}

void ck_sha256_init(ck_sha256 *hash) {
  static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  memcpy(hash->state, start, sizeof start);
  hash->length = 0;
}

void ck_sha256_update(ck_sha256 *hash, const uint8_t *bytes, size_t count) {
  size_t used = hash->length % 64;
  hash->length += count;
  if (used + count < 64) {
    if (count) memcpy(hash->block + used, bytes, count);
    return;
  }
  if (used) {
    memcpy(hash->block + used, bytes, 64 - used);
    absorb_all(hash, hash->block, 1);
    bytes += 64 - used;
    count -= 64 - used;
  }
  absorb_all(hash, bytes, count / 64);
  bytes += count / 64 * 64;
  count %= 64;
  if (count) memcpy(hash->block, bytes, count);
}

void ck_sha256_final(ck_sha256 *hash, uint8_t digest[32]) {
  uint64_t bits = hash->length * 8;
  static const uint8_t end[64] = {0x80};
  ck_sha256_update(hash, end, 1 + (119 - hash->length % 64) % 64);
  uint8_t length[8];
  for (int i = 0; i < 8; i++) length[i] = (uint8_t)(bits >> (56 - i * 8));
  ck_sha256_update(hash, length, 8);
  for (int i = 0; i < 32; i++) digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - i % 4 * 8));
}

// Source: A. Broder, "On the resemblance and containment of documents" (1997); the functions are multiply-shift
// hashes of the values with a number of their own mixed in; 16 bits of each minimum as in P. Li and C. König, "b-bit
// minwise hashing" (2010).
void ck_sketch(const uint64_t *values, size_t count, uint16_t *sketch) {
  uint64_t salts[CK_SKETCH];
  uint32_t least[CK_SKETCH];
  for (size_t j = 0; j < CK_SKETCH; j++) {
    salts[j] = mix((j + 1) * 0x9e3779b97f4a7c15);
    least[j] = UINT32_MAX;
  }
  for (size_t i = 0; i < count; i++) {
    uint64_t value = mix(values[i]);
    for (size_t j = 0; j < CK_SKETCH; j++) {
      uint64_t salted = value ^ salts[j];
      uint32_t hash = (uint32_t)(((salted ^ salted >> 32) * 0xd6e8feb86659fd93) >> 32);
      if (hash < least[j]) least[j] = hash;
    }
  }
  for (size_t j = 0; j < CK_SKETCH; j++) sketch[j] = (uint16_t)least[j];
}
