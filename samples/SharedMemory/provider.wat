;; The provider: all it does is own a memory that others import.
;; 102 pages of 64 KiB to begin with (6.4 MiB), at most 65536 (4 GiB), shared between threads.
(module $provider
  (memory (export "memory") 102 65536 shared))
