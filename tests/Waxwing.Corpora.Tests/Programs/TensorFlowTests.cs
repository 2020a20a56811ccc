namespace Waxwing.Corpora.Tests.Programs;

/// <summary>The kernels of TensorFlow.js in three builds: plain, SIMD, and SIMD with threads, whose memory is imported, shared, and worked on by instances on several .NET threads.</summary>
public sealed class TensorFlowTests
{
    private const int Float32 = 0;

    public static TheoryData<string> Builds => ["plain", "simd", "threaded-simd"];

    [Theory]
    [MemberData(nameof(Builds))]
    public void Adds_with_broadcasting(string build)
    {
        using var host = new TensorFlowHost(build);
        var (a, b) = (Random(64 * 48, 1), Random(48, 2));
        var (left, right, sum) = (host.New(a), host.New(b), host.New(new float[a.Length]));
        host.Invoke("Add", left.Id, host.Shape(64, 48), 2, right.Id, host.Shape(48), 1, Float32, sum.Id);
        Assert.Equal([.. a.Select((x, i) => x + b[i % 48])], host.Read(sum.Address, a.Length));
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void Multiplies_matrices(string build)
    {
        const int M = 96, K = 64, N = 80;
        using var host = new TensorFlowHost(build);
        var (a, b) = (Random(M * K, 3), Random(K * N, 4));
        var (left, right, product) = (host.New(a), host.New(b), host.New(new float[M * N]));
        host.Invoke("BatchMatMul", left.Id, host.Shape(1, M, K), 3, right.Id, host.Shape(1, K, N), 3, 0, 0, product.Id);
        var expected = new double[M * N];
        for (var m = 0; m < M; m++)
            for (var n = 0; n < N; n++)
                for (var k = 0; k < K; k++)
                    expected[m * N + n] += (double)a[m * K + k] * b[k * N + n];
        Close(expected, host.Read(product.Address, M * N));
        if (build == "threaded-simd")
            Assert.Equal(TensorFlowHost.Threads, host.RunningThreads + 1); // the caller works too
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void Convolves(string build)
    {
        const int Size = 20, In = 3, Out = 8, Filter = 3, Result = Size - Filter + 1;
        using var host = new TensorFlowHost(build);
        var (image, filter) = (Random(Size * Size * In, 5), Random(Filter * Filter * In * Out, 6));
        var (x, f, y) = (host.New(image), host.New(filter), host.New(new float[Result * Result * Out]));
        host.Invoke("Conv2D", x.Id, 1, Size, Size, f.Id, Filter, Filter, 0, 0, 0, 0, 0, 1, 1, 1, 1, In, Out, y.Id);
        var expected = new double[Result * Result * Out];
        for (var i = 0; i < expected.Length; i++)
        {
            var (row, column, channel) = (i / Out / Result, i / Out % Result, i % Out);
            for (var dy = 0; dy < Filter; dy++)
                for (var dx = 0; dx < Filter; dx++)
                    for (var c = 0; c < In; c++)
                        expected[i] += (double)image[((row + dy) * Size + column + dx) * In + c] * filter[((dy * Filter + dx) * In + c) * Out + channel];
        }
        Close(expected, host.Read(y.Address, expected.Length));
    }

    private static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }

    private static void Close(double[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) < 1e-4, $"element {i}: {actual[i]}, not {expected[i]}");
    }
}
