// nbody: floating-point latency, square roots and divisions. n steps of a five-body system under a symplectic integrator,
// in made-up units: a heavy body in the middle, four light ones on inclined orbits.
#include "kernel.h"

#define BODIES 5

struct body {
    double position[3];
    double velocity[3];
    double mass;
};

static struct body bodies[BODIES];

static void place(u32 index, double distance, double speed, double tilt, double mass)
{
    struct body *body = &bodies[index];
    body->position[0] = distance;
    body->position[1] = 0.0;
    body->position[2] = distance * tilt;
    body->velocity[0] = 0.0;
    body->velocity[1] = speed;
    body->velocity[2] = -speed * tilt;
    body->mass = mass;
}

static NOINLINE void advance(double step)
{
    for (u32 i = 0; i < BODIES; i++) {
        struct body *a = &bodies[i];
        for (u32 j = i + 1; j < BODIES; j++) {
            struct body *b = &bodies[j];
            double dx = a->position[0] - b->position[0];
            double dy = a->position[1] - b->position[1];
            double dz = a->position[2] - b->position[2];
            double squared = dx * dx + dy * dy + dz * dz;
            double pull = step / (squared * __builtin_sqrt(squared));
            double on_a = b->mass * pull, on_b = a->mass * pull;
            a->velocity[0] -= dx * on_a;
            a->velocity[1] -= dy * on_a;
            a->velocity[2] -= dz * on_a;
            b->velocity[0] += dx * on_b;
            b->velocity[1] += dy * on_b;
            b->velocity[2] += dz * on_b;
        }
    }
    for (u32 i = 0; i < BODIES; i++)
        for (u32 axis = 0; axis < 3; axis++)
            bodies[i].position[axis] += step * bodies[i].velocity[axis];
}

static double energy(void)
{
    double total = 0.0;
    for (u32 i = 0; i < BODIES; i++) {
        const struct body *a = &bodies[i];
        double speed = a->velocity[0] * a->velocity[0] + a->velocity[1] * a->velocity[1] + a->velocity[2] * a->velocity[2];
        total += 0.5 * a->mass * speed;
        for (u32 j = i + 1; j < BODIES; j++) {
            const struct body *b = &bodies[j];
            double dx = a->position[0] - b->position[0];
            double dy = a->position[1] - b->position[1];
            double dz = a->position[2] - b->position[2];
            total -= a->mass * b->mass / __builtin_sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    return total;
}

EXPORT(run) i32 run(i32 n)
{
    place(0, 0.0, 0.0, 0.0, 40.0);
    place(1, 4.0, 3.1, 0.02, 0.04);
    place(2, 9.0, 2.1, -0.05, 0.012);
    place(3, 19.0, 1.45, 0.01, 0.0017);
    place(4, 30.0, 1.15, 0.03, 0.002);
    for (i32 i = 0; i < n; i++)
        advance(0.01);

    u32 sum = mix_double(0, energy());
    for (u32 i = 0; i < BODIES; i++)
        sum = mix_double(sum, bodies[i].position[0]);
    return (i32)sum;
}
