;; The same idea without threads: a plain memory, two modules, one after the other.
(module $plain
  (import "env" "memory" (memory 2))
  (func (export "write") (param $address i32) (param $value i32)
    (i32.store (local.get $address) (local.get $value)))
  (func (export "read") (param $address i32) (result i32)
    (i32.load (local.get $address)))
  (func (export "grow") (param $pages i32) (result i32)
    (memory.grow (local.get $pages))))
