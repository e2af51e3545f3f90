// Kernels in C: the matrices of the language model, hashes, and the search for text in text.
//
// Every matrix function gives the same bits on every CPU: each output is one chain of fused multiply-adds over
// its inputs in index order, and sums across a row run over 16 fixed lanes joined in a fixed order. The
// levels differ only in how many outputs one instruction computes.
#ifndef DOSSIER_CKERNELS_H
#define DOSSIER_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

// Packed weights stand in panels of this many outputs; a panel holds them side by side for each input.
#define CK_PANEL 32

// CPU levels. The baseline runs anywhere; on x86-64 it calls the exact fmaf for each multiply-add.
#define CK_LEVEL_BASELINE 0
#define CK_LEVEL_V3 1  // AVX2 and FMA
#define CK_LEVEL_V4 2  // AVX-512

typedef struct ck_kernels {
  // The level the functions are compiled for.
  int level;

  // out[i][j] = bias[j] + (sum over the `parts` equal parts of k of (sum over k in that part, in order,
  // of x[i][k] * w[j][k])), the parts' sums added in order. `x` has n rows `ldx` floats apart; `packed`
  // comes from ck_pack; `bias` has ck_padded(m) floats; `out` has n rows `ldo` >= ck_padded(m) floats
  // apart, its columns m..<ck_padded(m) get values without meaning.
  void (*affine)(const float *x, size_t n, size_t ldx, size_t k, size_t parts, const float *packed,
                 const float *bias, size_t m, float *out, size_t ldo);

  // One maxout layer with layer normalisation, of `pieces` pieces of width `width` (a multiple of 16).
  // The outputs of `packed` stand piece by piece: output p * width + o. For each of the n rows:
  // y = max over pieces of the affine map; out = (y - mean) / sqrt(variance + 1e-8) * gain + shift,
  // and if `residual` is not null its row (`ldr` floats apart) is added. `scratch` has
  // 8 * ck_padded(width * pieces) floats. `out` has rows `ldo` floats apart and must not overlap x.
  void (*maxout_norm)(const float *x, size_t n, size_t ldx, size_t k, size_t parts, const float *packed,
                      const float *bias, size_t width, size_t pieces, const float *gain,
                      const float *shift, const float *residual, size_t ldr, float *out, size_t ldo,
                      float *scratch);

  // Scores of the moves in one parser state. `features[f]` points to the precomputed piece sums of
  // feature f (hidden * pieces floats, piece by piece; hidden a multiple of 16, at most 512). Hidden
  // unit h = max over pieces of (sum over f in order, then + bias); scores = affine map of them with
  // `up` (ck_pack of m x hidden) and `up_bias`. `scores` has ck_padded(m) floats.
  void (*score)(const float *const *features, size_t count, size_t hidden, size_t pieces,
                const float *bias, const float *up, const float *up_bias, size_t m, float *scores);
} ck_kernels;

// The fastest level this CPU has.
int ck_best_level(void);

// The kernels of a level, or of the nearest lower one that this CPU has; -1 asks for the best.
const ck_kernels *ck_kernels_for(int level);

// m rounded up to whole panels.
size_t ck_padded(size_t m);

// Packs an m x k row-major matrix into ck_padded(m) * k floats, missing rows as zeros.
void ck_pack(const float *w, size_t m, size_t k, float *packed);

// Index of the first largest of n floats (n > 0).
size_t ck_argmax(const float *x, size_t n);

// Index of the first largest score among those whose kind's bit is set in `kinds`; -1 if there is none.
ptrdiff_t ck_argmax_of_kinds(const float *scores, const uint8_t *kind, size_t n, uint32_t kinds);

// out[0..<width] = the sum, in order, of the four rows of `table` (rows x width) that `id` hashes to
// (MurmurHash3 x64-128 of its 8 little-endian bytes). rows > 0.
void ck_hash_embed(const float *table, size_t rows, size_t width, uint32_t seed, uint64_t id,
                   float *out);

// MurmurHash64A, seed 1: the id that spaCy's string store gives a string.
uint64_t ck_string_id(const uint8_t *bytes, size_t count);

// A 64-bit checksum against damage (not against malice): four lanes of multiply and rotate.
uint64_t ck_checksum(const uint8_t *bytes, size_t count);

// Asks the C library to keep freed memory, and the kernel for huge pages. For programs that read large tables; to be
// called once, before there are threads. Without effect where the C library is not glibc.
void ck_prepare_heap(void);

// Gives memory that was freed back to the system.
void ck_release_heap(void);

// Asks the kernel for huge pages in some memory that nothing has touched yet; for large blocks that are read here and
// there, or filled once. Without effect where there are none, or the block is small.
void ck_use_huge_pages(void *start, size_t count);

// Begins to fetch the memory at an address that will be read soon.
static inline void ck_prefetch(const void *address) { __builtin_prefetch(address); }

// The first place at or after `from` where the n bytes of `needle` stand in the text; `length` if there is
// none. With `fold`, A-Z count as a-z, and the needle must be in lower case already.
size_t ck_find(const uint8_t *text, size_t length, size_t from, const uint8_t *needle, size_t n, int fold);

// A cell of delimited text. `quoted`: 0 as it stands, 1 between quotes and as it stands there, 2 with its quotes, to be
// taken apart.
typedef struct ck_cell {
  size_t begin;
  size_t length;
  int quoted;
} ck_cell;

// Passes rows of delimited text from `from` on, until so many rows or bytes are passed; lines with nothing on them don't
// count. Gives the place behind them, and how many there were.
size_t ck_pass_rows(const uint8_t *text, size_t length, size_t from, uint8_t separator, size_t rows, size_t bytes,
                    size_t *passed);

// Splits the rows between two places where rows begin into cells, row by row; `cells` has room for all of them. Gives 0, or
// 1 for a row of another number of cells (*found), 2 for one whose quote is never closed, with the row's place.
int ck_split_rows(const uint8_t *text, size_t length, size_t from, size_t to, uint8_t separator, size_t columns,
                  ck_cell *cells, size_t *place, size_t *found);

// The place of the first byte that is not part of a well-formed UTF-8 sequence; `length` if there is none.
size_t ck_invalid_utf8(const uint8_t *text, size_t length);

// SHA-256 (FIPS 180-4) fed piece by piece.
typedef struct ck_sha256 {
  uint32_t state[8];
  uint64_t length;
  uint8_t block[64];
} ck_sha256;
void ck_sha256_init(ck_sha256 *hash);
void ck_sha256_update(ck_sha256 *hash, const uint8_t *bytes, size_t count);
void ck_sha256_final(ck_sha256 *hash, uint8_t digest[32]);

// MinHash: of each of CK_SKETCH hash functions over `count` > 0 numbers, the low 16 bits of the least value.
#define CK_SKETCH 128
void ck_sketch(const uint64_t *values, size_t count, uint16_t *sketch);

#endif
