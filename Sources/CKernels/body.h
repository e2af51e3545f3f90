// The one body of all kernels. Included once per CPU level with
//   CK_NAME(x)   the level's name for x
//   CK_TARGET    its target attribute
//   CK_ROWS      rows of the register tile
//   CK_VECTORS   16-float vectors of the register tile (1 or 2)
// No other header includes this file.

// A 16-float vector; on narrower CPUs the compiler splits it, which changes no lane's value.
typedef float CK_NAME(vec) __attribute__((ext_vector_type(16), aligned(4)));
#define VEC CK_NAME(vec)
#define INLINE static inline __attribute__((always_inline)) CK_TARGET

// One tile of `rows` x (`vectors` * 16) outputs: a chain of multiply-adds per output, over k in order.
// `add` continues a sum of parts: the chain's result is added to what `out` holds.
INLINE void CK_NAME(tile)(const float *x, size_t ldx, size_t k, const float *w, float *out, size_t ldo,
                          const int rows, const int vectors, const int add) {
  VEC acc[CK_ROWS][CK_VECTORS];
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++) acc[r][v] = (VEC)(0.0f);
  for (size_t i = 0; i < k; i++) {
    VEC weight[CK_VECTORS];
    for (int v = 0; v < vectors; v++) weight[v] = *(const VEC *)(w + i * CK_PANEL + v * 16);
    for (int r = 0; r < rows; r++) {
      VEC value = (VEC)(x[r * ldx + i]);
      for (int v = 0; v < vectors; v++)
        acc[r][v] = __builtin_elementwise_fma(value, weight[v], acc[r][v]);
    }
  }
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++) {
      VEC *to = (VEC *)(out + r * ldo + v * 16);
      *to = add ? *to + acc[r][v] : acc[r][v];
    }
}

// All panels for `rows` rows.
INLINE void CK_NAME(panels)(const float *x, size_t ldx, size_t k, size_t parts, const float *packed,
                            size_t padded, float *out, size_t ldo, const int rows) {
  size_t part = k / parts;
  for (size_t j = 0; j < padded; j += CK_PANEL)
    for (size_t p = 0; p < parts; p++)
      for (size_t v = 0; v < CK_PANEL / 16; v += CK_VECTORS) {
        const float *w = packed + j * k + p * part * CK_PANEL + v * 16;
        float *to = out + j + v * 16;
        if (p == 0)
          CK_NAME(tile)(x, ldx, part, w, to, ldo, rows, CK_VECTORS, 0);
        else
          CK_NAME(tile)(x + p * part, ldx, part, w, to, ldo, rows, CK_VECTORS, 1);
      }
}

INLINE void CK_NAME(products)(const float *x, size_t n, size_t ldx, size_t k, size_t parts,
                              const float *packed, size_t padded, float *out, size_t ldo) {
  size_t i = 0;
  for (; i + CK_ROWS <= n; i += CK_ROWS)
    CK_NAME(panels)(x + i * ldx, ldx, k, parts, packed, padded, out + i * ldo, ldo, CK_ROWS);
  for (; i < n; i++) CK_NAME(panels)(x + i * ldx, ldx, k, parts, packed, padded, out + i * ldo, ldo, 1);
}

CK_TARGET static void CK_NAME(affine)(const float *x, size_t n, size_t ldx, size_t k, size_t parts,
                                      const float *packed, const float *bias, size_t m, float *out,
                                      size_t ldo) {
  size_t padded = ck_padded(m);
  CK_NAME(products)(x, n, ldx, k, parts, packed, padded, out, ldo);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < padded; j += 16) {
      VEC *to = (VEC *)(out + i * ldo + j);
      *to = *to + *(const VEC *)(bias + j);
    }
}

// The sum of 16 lanes (overwritten): halves are added onto each other, always in this order.
INLINE float CK_NAME(lanes)(float *s) {
  for (int half = 8; half > 0; half /= 2)
    for (int l = 0; l < half; l++) s[l] = s[l] + s[l + half];
  return s[0];
}

CK_TARGET static void CK_NAME(maxout_norm)(const float *x, size_t n, size_t ldx, size_t k, size_t parts,
                                           const float *packed, const float *bias, size_t width,
                                           size_t pieces, const float *gain, const float *shift,
                                           const float *residual, size_t ldr, float *out, size_t ldo,
                                           float *scratch) {
  size_t padded = ck_padded(width * pieces);
  for (size_t first = 0; first < n; first += CK_ROWS) {
    size_t rows = n - first < CK_ROWS ? n - first : CK_ROWS;
    CK_NAME(products)(x + first * ldx, rows, ldx, k, parts, packed, padded, scratch, padded);
    for (size_t r = 0; r < rows; r++) {
      const float *from = scratch + r * padded;
      float *to = out + (first + r) * ldo;
      VEC total = (VEC)(0.0f);
      for (size_t j = 0; j < width; j += 16) {
        VEC best = *(const VEC *)(from + j) + *(const VEC *)(bias + j);
        for (size_t p = 1; p < pieces; p++) {
          VEC other = *(const VEC *)(from + p * width + j) + *(const VEC *)(bias + p * width + j);
          best = other > best ? other : best;
        }
        *(VEC *)(to + j) = best;
        total = total + best;
      }
      float s[16];
      *(VEC *)s = total;
      float mean = CK_NAME(lanes)(s) / (float)width;
      VEC squares = (VEC)(0.0f);
      for (size_t j = 0; j < width; j += 16) {
        VEC d = *(const VEC *)(to + j) - (VEC)(mean);
        squares = __builtin_elementwise_fma(d, d, squares);
      }
      *(VEC *)s = squares;
      float variance = CK_NAME(lanes)(s) / (float)width;
      float scale = 1.0f / __builtin_sqrtf(variance + 1e-8f);
      for (size_t j = 0; j < width; j += 16) {
        VEC y = (*(const VEC *)(to + j) - (VEC)(mean)) * (VEC)(scale);
        y = __builtin_elementwise_fma(y, *(const VEC *)(gain + j), *(const VEC *)(shift + j));
        if (residual) y = *(const VEC *)(residual + (first + r) * ldr + j) + y;
        *(VEC *)(to + j) = y;
      }
    }
  }
}

CK_TARGET static void CK_NAME(score)(const float *const *features, size_t count, size_t hidden,
                                     size_t pieces, const float *bias, const float *up,
                                     const float *up_bias, size_t m, float *scores) {
  float units[CK_HIDDEN_MAX];
  for (size_t j = 0; j < hidden; j += 16) {
    VEC best = (VEC)(0.0f);
    for (size_t p = 0; p < pieces; p++) {
      VEC sum = (VEC)(0.0f);
      for (size_t f = 0; f < count; f++) sum = sum + *(const VEC *)(features[f] + p * hidden + j);
      sum = sum + *(const VEC *)(bias + p * hidden + j);
      if (p == 0)
        best = sum;
      else
        best = sum > best ? sum : best;
    }
    *(VEC *)(units + j) = best;
  }
  CK_NAME(affine)(units, 1, hidden, hidden, 1, up, up_bias, m, scores, ck_padded(m));
}

static const ck_kernels CK_NAME(kernels) = {CK_LEVEL, CK_NAME(affine), CK_NAME(maxout_norm),
                                            CK_NAME(score)};

#undef VEC
#undef INLINE
#undef CK_NAME
#undef CK_TARGET
#undef CK_ROWS
#undef CK_VECTORS
#undef CK_LEVEL
