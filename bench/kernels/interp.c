// interp: a switch in a loop, the shape of every interpreter. A small stack machine runs one program n times: it counts
// the steps of the Collatz walks from 1 to 24 and keeps a hash of the counts in its own data memory.
#include "kernel.h"

enum {
    HALT, PUSH, LOAD, STORE, ADD, MUL, AND, XOR, SHR, LESS, EQUAL, JUMP, JUMP_ZERO, DUP, FETCH, POKE, CALL, RETURN,
};

enum { LIMIT, NUMBER, CURRENT, STEPS, HASH, VARIABLES };

enum { LOOP = 2, END = 15, WALK = 16, STEP = 21, EVEN = 32, RECORD = 38 };

struct instruction {
    u8 operation, operand;
};

static const struct instruction program[] = {
    [0] = {PUSH, 1}, {STORE, NUMBER},
    [LOOP] = {LOAD, NUMBER}, {LOAD, LIMIT}, {LESS, 0}, {JUMP_ZERO, END},
    {LOAD, NUMBER}, {STORE, CURRENT}, {CALL, WALK}, {CALL, RECORD},
    {LOAD, NUMBER}, {PUSH, 1}, {ADD, 0}, {STORE, NUMBER}, {JUMP, LOOP},
    [END] = {HALT, 0},
    // while (current != 1) { current = odd ? (3 * current + 1) / 2 : current / 2; steps++; }
    [WALK] = {LOAD, CURRENT}, {PUSH, 1}, {EQUAL, 0}, {JUMP_ZERO, STEP}, {RETURN, 0},
    [STEP] = {LOAD, CURRENT}, {PUSH, 1}, {SHR, 0}, {LOAD, CURRENT}, {PUSH, 1}, {AND, 0}, {JUMP_ZERO, EVEN},
    {LOAD, CURRENT}, {ADD, 0}, {PUSH, 1}, {ADD, 0},
    [EVEN] = {STORE, CURRENT}, {LOAD, STEPS}, {PUSH, 1}, {ADD, 0}, {STORE, STEPS}, {JUMP, WALK},
    // hash = hash * 31 ^ steps; data[number & 31] += hash
    [RECORD] = {LOAD, HASH}, {PUSH, 31}, {MUL, 0}, {LOAD, STEPS}, {XOR, 0}, {DUP, 0}, {STORE, HASH},
    {LOAD, NUMBER}, {PUSH, 31}, {AND, 0}, {FETCH, 0}, {ADD, 0},
    {LOAD, NUMBER}, {PUSH, 31}, {AND, 0}, {POKE, 0}, {RETURN, 0},
};

static u32 variables[VARIABLES], data[32], stack[64];
static u32 return_addresses[16];

static NOINLINE void execute(const struct instruction *code)
{
    u32 *top = stack; // the first free cell
    u32 *callers = return_addresses;
    u32 at = 0;
    for (;;) {
        u32 operand = code[at].operand;
        switch (code[at++].operation) {
        case PUSH: *top++ = operand; break;
        case LOAD: *top++ = variables[operand]; break;
        case STORE: variables[operand] = *--top; break;
        case ADD: top--; top[-1] += *top; break;
        case MUL: top--; top[-1] *= *top; break;
        case AND: top--; top[-1] &= *top; break;
        case XOR: top--; top[-1] ^= *top; break;
        case SHR: top--; top[-1] >>= *top & 31; break;
        case LESS: top--; top[-1] = top[-1] < *top; break;
        case EQUAL: top--; top[-1] = top[-1] == *top; break;
        case JUMP: at = operand; break;
        case JUMP_ZERO: if (*--top == 0) at = operand; break;
        case DUP: *top = top[-1]; top++; break;
        case FETCH: top[-1] = data[top[-1] & 31]; break;
        case POKE: top -= 2; data[top[1] & 31] = top[0]; break;
        case CALL: *callers++ = at; at = operand; break;
        case RETURN: at = *--callers; break;
        default: return;
        }
    }
}

EXPORT(run) i32 run(i32 n)
{
    __builtin_memset(variables, 0, sizeof variables);
    __builtin_memset(data, 0, sizeof data);
    variables[LIMIT] = 25;
    for (i32 round = 0; round < n; round++)
        execute(program);
    u32 sum = variables[HASH];
    for (u32 i = 0; i < COUNT_OF(data); i++)
        sum = mix(sum, data[i]);
    return (i32)sum;
}
