// A counter with a synchronous reset and an enable, for the synthesis test.
module counter #(parameter WIDTH = 4) (input clock, input reset, input enable, output reg [WIDTH-1:0] value, output overflow);
    assign overflow = enable & (&value);
    always @(posedge clock)
        if (reset)
            value <= 0;
        else if (enable)
            value <= value + 1;
endmodule
