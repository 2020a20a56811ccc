;; Imports the memory under the name that Emscripten output uses. It asks for at least 2 pages: any shared memory that is
;; that large now, and can never grow beyond 65536 pages, fits.
(module $main
  (import "env" "memory" (memory 2 65536 shared))

  ;; Adds 1 to the counter at address 0, $times times, atomically: other threads do the same.
  (func (export "count") (param $times i32) (result i32)
    (local $i i32)
    (loop $again
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $times))))
    (i32.atomic.load (i32.const 0)))

  ;; A barrier at address 4: the last of $all threads to arrive wakes the others, who sleep until then.
  (func (export "meet") (param $all i32) (result i32)
    (if (i32.eq (i32.add (i32.atomic.rmw.add (i32.const 4) (i32.const 1)) (i32.const 1)) (local.get $all))
      (then
        (i32.atomic.store (i32.const 8) (i32.const 1))
        (return (memory.atomic.notify (i32.const 8) (i32.const -1)))))
    (loop $sleep
      ;; Returns at once when the word is no longer 0.
      (drop (memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const -1)))
      (br_if $sleep (i32.eqz (i32.atomic.load (i32.const 8)))))
    (i32.const 0))

  (func (export "read") (param $address i32) (result i32)
    (i32.load (local.get $address))))
