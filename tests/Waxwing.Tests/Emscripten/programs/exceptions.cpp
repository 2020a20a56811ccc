// C++ exceptions: types, base classes, rethrowing, destructors on the way, exceptions in handlers, current_exception, a function that must not throw by contract of its caller.
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

namespace
{
struct Traced
{
    const char *name;
    explicit Traced(const char *name) : name(name) {}
    ~Traced() { std::printf("~%s%s\n", name, std::uncaught_exceptions() ? " while unwinding" : ""); }
};

struct Left { int left = 1; virtual ~Left() {} };
struct Right { int right = 2; virtual ~Right() {} };
struct Both : Left, Right { int both = 3; };

int thrower(int what)
{
    Traced traced("thrower");
    switch (what)
    {
    case 0: throw 42;
    case 1: throw std::runtime_error("out of cheese");
    case 2: throw Both();
    case 3: throw "text";
    case 4: throw std::string("a string that is too long to be kept within the object itself");
    default: return what;
    }
}

void catcher(int what)
{
    try
    {
        std::printf("returned %d\n", thrower(what));
    }
    catch (int number)
    {
        std::printf("int %d\n", number);
    }
    catch (const std::exception &exception)
    {
        std::printf("exception %s\n", exception.what());
    }
    catch (const Right &right)
    {
        std::printf("right %d\n", right.right);
    }
    catch (const char *text)
    {
        std::printf("pointer %s\n", text);
    }
    catch (...)
    {
        std::puts("something else");
    }
}

void again()
{
    try
    {
        try
        {
            thrower(1);
        }
        catch (std::exception &)
        {
            Traced traced("handler");
            throw;
        }
    }
    catch (std::runtime_error &error)
    {
        std::printf("again %s\n", error.what());
    }
}

void fromHandler()
{
    try
    {
        try
        {
            thrower(0);
        }
        catch (int number)
        {
            throw std::out_of_range("from a handler of " + std::to_string(number));
        }
    }
    catch (std::logic_error &error)
    {
        std::printf("%s\n", error.what());
    }
}

std::exception_ptr kept()
{
    try
    {
        throw std::length_error("kept");
    }
    catch (...)
    {
        return std::current_exception();
    }
}
}

int main(int count, char **)
{
    for (int what = 0; what <= 5; what++)
        catcher(what);
    again();
    fromHandler();
    std::exception_ptr exception = kept();
    try
    {
        std::rethrow_exception(exception);
    }
    catch (std::length_error &error)
    {
        std::printf("%s later\n", error.what());
    }
    int caught = 0;
    for (int i = 0; i < 1000; i++)
    {
        try
        {
            throw i;
        }
        catch (int number)
        {
            caught += number == i;
        }
    }
    std::printf("%d caught, %d on the way\n", caught, std::uncaught_exceptions());
    if (count > 1)
        throw std::runtime_error("nobody catches this");
    return 0;
}
