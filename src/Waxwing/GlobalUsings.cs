global using V = System.Runtime.Intrinsics.Vector128<byte>;
