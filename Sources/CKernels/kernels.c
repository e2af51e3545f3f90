#include "ckernels.h"

// The widest hidden layer `score` takes.
#define CK_HIDDEN_MAX 512

size_t ck_padded(size_t m) { return (m + CK_PANEL - 1) / CK_PANEL * CK_PANEL; }

// Anywhere. On x86-64 without FMA each multiply-add is a call of the exact fmaf; ARM has it always.
#define CK_NAME(x) ck_baseline_##x
#define CK_TARGET
#define CK_ROWS 4
#define CK_VECTORS 1
#define CK_LEVEL CK_LEVEL_BASELINE
#include "body.h"

#if defined(__x86_64__)
// AVX2 and FMA: 16 registers of 8 floats, 12 of them accumulate.
#define CK_NAME(x) ck_v3_##x
#define CK_TARGET __attribute__((target("avx2,fma")))
#define CK_ROWS 6
#define CK_VECTORS 1
#define CK_LEVEL CK_LEVEL_V3
#include "body.h"

// AVX-512: 32 registers of 16 floats, 16 of them accumulate.
#define CK_NAME(x) ck_v4_##x
#define CK_TARGET \
  __attribute__((target("avx2,fma,avx512f,avx512vl,avx512dq,avx512bw"), min_vector_width(512)))
#define CK_ROWS 8
#define CK_VECTORS 2
#define CK_LEVEL CK_LEVEL_V4
#include "body.h"

int ck_best_level(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return CK_LEVEL_BASELINE;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
    return CK_LEVEL_V4;
  return CK_LEVEL_V3;
}

const ck_kernels *ck_kernels_for(int level) {
  int best = ck_best_level();
  if (level < 0 || level > best) level = best;
  if (level == CK_LEVEL_V4) return &ck_v4_kernels;
  if (level == CK_LEVEL_V3) return &ck_v3_kernels;
  return &ck_baseline_kernels;
}
#else
int ck_best_level(void) { return CK_LEVEL_BASELINE; }

const ck_kernels *ck_kernels_for(int level) {
  (void)level;
  return &ck_baseline_kernels;
}
#endif

void ck_pack(const float *w, size_t m, size_t k, float *packed) {
  size_t padded = ck_padded(m);
  for (size_t j = 0; j < padded; j++) {
    float *panel = packed + j / CK_PANEL * CK_PANEL * k + j % CK_PANEL;
    for (size_t i = 0; i < k; i++) panel[i * CK_PANEL] = j < m ? w[j * k + i] : 0.0f;
  }
}

size_t ck_argmax(const float *x, size_t n) {
  size_t best = 0;
  for (size_t i = 1; i < n; i++)
    if (x[i] > x[best]) best = i;
  return best;
}

ptrdiff_t ck_argmax_of_kinds(const float *scores, const uint8_t *kind, size_t n, uint32_t kinds) {
  ptrdiff_t best = -1;
  float most = 0.0f;
  for (size_t i = 0; i < n; i++)
    if ((kinds >> kind[i] & 1) && (best < 0 || scores[i] > most)) {
      best = (ptrdiff_t)i;
      most = scores[i];
    }
  return best;
}
